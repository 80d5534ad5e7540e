import { createServer } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import { FRAME_BYTES_MAX } from "@pendo/contract/sockets";
import { localSockets, type LocalSocketRegistry } from "@pendo/local/sockets/localSockets";
import type { SocketEvent } from "@pendo/functions/middleware/socket";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { dial, exchange, listening } from "./gateway.fixture.ts";
import { type SocketServerOptions, socketServer } from "./socketServer.ts";

const sockets: WebSocket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.terminate()));

type Serve = (event: SocketEvent) => Promise<{ statusCode: number }>;

/** A gateway over a function of the test's own; `log` holds what it was called with. */
async function opened(serve: Serve = async () => ({ statusCode: 200 }), options: Partial<SocketServerOptions> = {}) {
  const log: string[] = [];
  const registry: LocalSocketRegistry = new Map();
  const server = createServer();
  const ids: string[] = [];
  const keeping: Serve = async (event) => {
    const { routeKey, connectionId } = event.requestContext;
    log.push(routeKey === "$default" ? String(event.body) : routeKey);
    if (routeKey === "$connect") ids.push(connectionId);
    return await serve(event);
  };
  const gateway = socketServer(server, { serve: keeping as never, registry, path: "/socket", ...options });
  const port = await listening(server);
  return { gateway, server, registry, log, ids, port, sockets: localSockets({ registry }) };
}

interface Opened {
  readonly socket: WebSocket;
  readonly frames: string[];
  readonly closed: Promise<number>;
}

function dialSocket(
  port: number,
  path = "/socket?ticket=t",
): Opened & { readonly open: Promise<unknown>; readonly status: Promise<number | undefined> } {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  sockets.push(socket);
  const frames: string[] = [];
  socket.on("message", (data) => void frames.push((data as Buffer).toString()));
  socket.on("error", () => {});
  return {
    socket,
    frames,
    closed: new Promise((resolve) => socket.on("close", resolve)),
    open: new Promise((resolve) => socket.on("open", resolve)),
    status: new Promise((resolve) => socket.on("unexpected-response", (_, response) => resolve(response.statusCode))),
  };
}
async function connected(port: number): Promise<Opened> {
  const dialled = dialSocket(port);
  await dialled.open;
  return dialled;
}

test("a socket opens with its ticket, says what it wants in order, and is disconnected once", async () => {
  const tickets: unknown[] = [];
  const { port, log, registry } = await opened(async (event) => {
    if (event.queryStringParameters) tickets.push(event.queryStringParameters["ticket"]);
    if (event.body === "1") await after(30);
    return { statusCode: 200 };
  });
  const { socket, closed } = await connected(port);
  expect(registry.size).toBe(1);
  for (const frame of ["1", "2", "3"]) socket.send(frame);
  socket.close();
  await closed;
  await expect.poll(() => log).toEqual(["$connect", "1", "2", "3", "$disconnect"]);
  await after(30);
  expect(log.filter((one) => one === "$disconnect")).toHaveLength(1);
  expect(tickets).toEqual(["t"]);
  expect(registry.size).toBe(0);
});

test("a binary frame is answered with an error and ends the socket with 1003, as API Gateway does", async () => {
  const { port, log } = await opened();
  const { socket, frames, closed } = await connected(port);

  socket.send(Buffer.from('{"type":"ping","ref":"Zoë"}', "latin1"), { binary: true });

  expect(await closed).toBe(1003);
  expect(frames.map((frame) => JSON.parse(frame) as unknown)).toMatchObject([{ type: "error", data: { code: "input.notText" } }]);
  await expect.poll(() => log).toEqual(["$connect", "$disconnect"]);
});

test("a bad ticket is refused with 401, another path with 404, a failure with 500; nothing stays behind", async () => {
  const { port, registry, log } = await opened(async (event) => {
    const ticket = event.queryStringParameters?.["ticket"];
    if (ticket === "throw") throw new Error("a bug");
    return { statusCode: ticket === "bad" ? 401 : ticket === "bug" ? 500 : 200 };
  });
  expect(await dialSocket(port, "/socket?ticket=bad").status).toBe(401);
  expect(await dialSocket(port, "/socket?ticket=bug").status).toBe(500);
  expect(await dialSocket(port, "/socket?ticket=throw").status).toBe(500);
  expect(await dialSocket(port, "/other?ticket=t").status).toBe(404);
  expect(registry.size).toBe(0);
  expect(log).toEqual(["$connect", "$connect", "$connect"]);
});

test("what is no handshake is refused, and counts as gone again", async () => {
  const { port, registry, log } = await opened();
  const start = "GET /socket?ticket=t HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n";
  expect(await exchange(port, `${start}sec-websocket-version: 13\r\nsec-websocket-key: short\r\n\r\n`)).toContain("HTTP/1.1 400 ");
  await expect.poll(() => log).toEqual(["$connect", "$disconnect"]);
  expect(registry.size).toBe(0);
});

test("a refused client that keeps its half open is closed all the same", async () => {
  const { port, server } = await opened(async () => ({ statusCode: 401 }));
  const { socket, text } = await dial(port);
  socket.allowHalfOpen = true;
  socket.write("GET /socket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
  await expect.poll(text).toContain("HTTP/1.1 401 ");
  const count = (): Promise<number> => new Promise((resolve) => server.getConnections((_, open) => resolve(open)));
  await expect.poll(count).toBe(0);
  socket.destroy();
});

test("frames that come before the handshake is through arrive after it, in order", async () => {
  let release: () => void = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const {
    port,
    ids,
    sockets: port2,
  } = await opened(async (event) => {
    if (event.requestContext.routeKey === "$connect") await gate;
    return { statusCode: 200 };
  });
  const { open, frames } = dialSocket(port);
  await expect.poll(() => ids).toHaveLength(1);
  for (const frame of ["a", "b", "c"]) expect(await port2.send(ids[0] ?? "", frame)).toBe("sent");
  release();
  await open;
  expect(await port2.send(ids[0] ?? "", "d")).toBe("sent");
  await expect.poll(() => frames).toEqual(["a", "b", "c", "d"]);
});

test("a client that goes away while its ticket is taken is disconnected again, and one that is closed then never opens", async () => {
  let release: () => void = () => {};
  let gate = new Promise<void>((resolve) => (release = resolve));
  const {
    port,
    log,
    ids,
    registry,
    sockets: port2,
  } = await opened(async (event) => {
    if (event.requestContext.routeKey === "$connect") await gate;
    return { statusCode: 200 };
  });
  const gone = dialSocket(port);
  await expect.poll(() => ids).toHaveLength(1);
  gone.socket.terminate();
  await after(20);
  release();
  await expect.poll(() => log).toEqual(["$connect", "$disconnect"]);

  gate = new Promise<void>((resolve) => (release = resolve));
  const thrown = dialSocket(port);
  await expect.poll(() => ids).toHaveLength(2);
  await port2.close(ids[1] ?? "");
  release();
  await thrown.closed;
  await expect.poll(() => log.slice(2)).toEqual(["$connect", "$disconnect"]);
  expect(registry.size).toBe(0);
});

test("a frame of 32 KB is served; one byte more closes the socket with 1009", async () => {
  const { port, log } = await opened();
  const { socket, closed } = await connected(port);
  socket.send("a".repeat(FRAME_BYTES_MAX));
  await expect.poll(() => log).toHaveLength(2);
  socket.send("a".repeat(FRAME_BYTES_MAX + 1));
  expect(await closed).toBe(1009);
  await expect.poll(() => log.at(-1)).toBe("$disconnect");
  expect(log).toHaveLength(3);
});

test("a subprotocol that a client offers is not confirmed, as on API Gateway", async () => {
  const { port } = await opened();
  const handshake = [
    "GET /socket?ticket=t HTTP/1.1",
    "host: x",
    "connection: upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-protocol: chat, superchat",
  ];
  const { socket, text } = await dial(port);

  socket.write(`${handshake.join("\r\n")}\r\n\r\n`);
  await expect.poll(text).toContain("HTTP/1.1 101 ");

  expect(text().toLowerCase()).not.toContain("sec-websocket-protocol");
  socket.destroy();
});

test("a function that throws costs its frame only", async () => {
  const { port, log } = await opened(async (event) => {
    if (event.body === "2" || event.requestContext.routeKey === "$disconnect") throw new Error("a bug");
    return { statusCode: 200 };
  });
  const { socket, closed } = await connected(port);
  for (let n = 1; n <= 100; n++) {
    socket.send("2");
    await expect.poll(() => log, { interval: 1 }).toHaveLength(1 + n);
  }
  socket.send("3");
  socket.close();
  await closed;
  await expect.poll(() => log.slice(-2)).toEqual(["3", "$disconnect"]);
});

test("a socket without frames is closed, one with frames stays, and none outlives its life", async () => {
  const { port } = await opened(undefined, { idleMs: 200, lifeMs: 800 });
  const [idle, busy] = [await connected(port), await connected(port)];
  const talking = setInterval(() => busy.socket.send("x"), 50);
  expect(await idle.closed).toBe(1001);
  expect(busy.socket.readyState).toBe(busy.socket.OPEN);
  expect(await busy.closed).toBe(1001);
  clearInterval(talking);
});

test("a reader that is too slow is closed, and is gone from then on", async () => {
  const { port, ids, sockets: port2 } = await opened();
  const { socket } = await connected(port);
  socket.pause();
  const frame = "x".repeat(30_000);
  const answers: string[] = [];
  for (let n = 0; n < 2000 && answers.at(-1) !== "gone"; n++) answers.push(await port2.send(ids[0] ?? "", frame));
  expect(answers.at(-1)).toBe("gone");
  expect(answers.length).toBeLessThan(1000);
});

test("stop closes with 1001, waits until every closing was handled, and lets nobody in", async () => {
  let release: () => void = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  let disconnects = 0;
  const { port, gateway, ids } = await opened(async (event) => {
    if (event.queryStringParameters?.["ticket"] === "late") await gate;
    if (event.requestContext.routeKey === "$disconnect") await after(50).then(() => disconnects++);
    return { statusCode: 200 };
  });
  const [good, deaf] = [await connected(port), await connected(port)];
  const late = dialSocket(port, "/socket?ticket=late");
  await expect.poll(() => ids).toHaveLength(3);
  // It never answers the closing.
  deaf.socket.pause();
  const stopped = gateway.stop();
  expect(await good.closed).toBe(1001);
  expect(await dialSocket(port).status).toBe(503);
  release();
  await stopped;
  expect(disconnects).toBe(3);
  expect(gateway.openCount()).toBe(0);
  expect(await late.closed).toBe(1001);
});
