import { CONSOLE_PATH } from "./consoleDoor.ts";

/** Where a Pendo answers, and what opens its console. */
export interface ConsoleAddress {
  readonly url: string;
  readonly consoleSecret: string;
}

/** Sends one request to a running Pendo's console, as a script does: `askConsole(host, "POST /idle")`. */
export async function askConsole({ url, consoleSecret }: ConsoleAddress, request: string, body?: unknown): Promise<Response> {
  const [method = "GET", path = ""] = request.split(" ");
  return await fetch(`${url}${CONSOLE_PATH}${path}`, {
    method,
    headers: { authorization: `Bearer ${consoleSecret}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
