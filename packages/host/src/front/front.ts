import { existsSync, readFileSync } from "node:fs";
import { send } from "../gateway/answer.ts";
import type { ServeOther } from "../gateway/httpServer.ts";
import { CONSOLE_PATH } from "../console/consoleDoor.ts";
import { frontPage, frontPolicy } from "./page.ts";

const QUICKSTART_PATH = "/quickstart";
const quickstartFile = new URL("../../../../docs/quickstart.md", import.meta.url);

/** `/` for browsers: where to go next. A client that does not ask for HTML gets the usual 404 of an unknown route. */
export function serveFront(): ServeOther {
  const quickstart = existsSync(quickstartFile) ? readFileSync(quickstartFile) : undefined;
  const page = frontPage({ consolePath: CONSOLE_PATH, quickstartPath: quickstart && QUICKSTART_PATH });
  return (request, response, path) => {
    if (request.method !== "GET" && request.method !== "HEAD") return null;
    if (path === QUICKSTART_PATH && quickstart) {
      // Some browsers download Markdown instead of showing it.
      const headers = { "content-type": "text/plain; charset=utf-8" };
      return Promise.resolve(send(request, response, { status: 200, headers, body: quickstart }));
    }
    if (path !== "/" || !request.headers.accept?.includes("text/html")) return null;
    const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": frontPolicy, vary: "accept" };
    return Promise.resolve(send(request, response, { status: 200, headers, body: page }));
  };
}
