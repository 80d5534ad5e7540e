import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ConsoleAddress } from "@pendo/host/console/askConsole";
import { codeFor } from "../people/person.ts";

/** Serves the sign-in code of the newest email to an address, as a user reads it: `GET /ann@example.test` returns digits. */
export async function serveCodes(host: ConsoleAddress): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const email = decodeURIComponent((request.url ?? "/").slice(1));
    codeFor(host, email, new Set()).then(
      (code) => response.end(code),
      (error: unknown) => response.writeHead(504).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
