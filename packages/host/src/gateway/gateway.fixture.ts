import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Ids } from "@pendo/core/ports/ids/ids";
import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { systemClock } from "@pendo/core/ports/clock/clock";
import type { HttpFunction } from "@pendo/functions/middleware/http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterAll } from "vitest";
import { type GatewayOptions, httpServer } from "./httpServer.ts";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** Listens on any free port until the file's last test; answers the port. */
export async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

export interface Gateway {
  readonly port: number;
  readonly url: string;
  readonly server: Server;
  /** What the functions were given, in order. */
  readonly events: APIGatewayProxyEventV2[];
  readonly errors: unknown[];
}

/** A gateway whose routes are all answered by one function. */
export async function gateway(routeKeys: readonly string[], serve: HttpFunction, options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const events: APIGatewayProxyEventV2[] = [];
  const errors: unknown[] = [];
  const keeping: HttpFunction = (event, context) => {
    events.push(event);
    return serve(event, context);
  };
  const ids: Ids = testIds;
  const routes = new Map(routeKeys.map((key) => [key, keeping]));
  const server = httpServer({ routes, clock: systemClock, ids, other: [], onError: (error) => void errors.push(error), ...options });
  const port = await listening(server);
  return { port, url: `http://127.0.0.1:${port}`, server, events, errors };
}

/** A connection that speaks no HTTP of its own. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything received so far. */
  text(): string;
  /** Resolves with everything received when the other side has closed. */
  readonly closed: Promise<string>;
}

export async function dial(port: number): Promise<RawConnection> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => socket.on("close", () => resolve(text)));
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  return { socket, text: () => text, closed };
}

/** Sends these bytes and answers with everything that came back before the connection was closed. */
export async function exchange(port: number, request: string): Promise<string> {
  const { socket, closed } = await dial(port);
  socket.write(request);
  return await closed;
}
