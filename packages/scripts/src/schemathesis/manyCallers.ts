import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SessionId, UserId } from "@pendo/contract/ids";
import { randomIds as ids } from "@pendo/core/ports/ids/ids";
import { type RunningHost, type Planted, staffTokenFor } from "../e2e/planted.ts";

export interface Callers {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Passes each request on as another user, who is an admin, from another address of the loopback network, so that no limit hides what a route answers. `standsFor`
 * is sent in place of their tokens; a request without it passes as it is.
 */
export async function manyCallers(options: {
  readonly place: RunningHost;
  readonly users: readonly Planted[];
  readonly standsFor: string;
}): Promise<Callers> {
  const { place, users, standsFor } = options;
  const { port } = new URL(place.url);
  let count = 0;

  const pass = async (asked: IncomingMessage, answered: ServerResponse): Promise<void> => {
    const turn = count++;
    const userId = users[turn % users.length]?.userId;
    const headers = { ...asked.headers };
    if (userId && headers.authorization === `Bearer ${standsFor}`) headers.authorization = `Bearer ${await newToken(place, userId)}`;
    const localAddress = `127.0.${turn % 200}.${2 + (turn % 97)}`;
    const passed = httpRequest({ host: "127.0.0.1", port, method: asked.method, path: asked.url, headers, localAddress }, (answer) => {
      answered.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
      answer.pipe(answered);
    });
    passed.on("error", () => answered.destroy());
    asked.pipe(passed);
  };

  const server = createServer((asked, answered) => {
    pass(asked, answered).catch((error: unknown) => answered.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An admin's token of a new session each time: some requests end theirs, and some take the role away. */
async function newToken(place: RunningHost, userId: UserId): Promise<string> {
  return await staffTokenFor(place, { userId, sessionId: ids.next<SessionId>() }, ["admin"]);
}
