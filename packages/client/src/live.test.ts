import type { AddressInfo } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { type WebSocket as ServerSocket, WebSocketServer } from "ws";
import { type Frame, type Live, live, type LiveOptions } from "./live.ts";
import { ProblemError } from "./problem.ts";

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

type Sent = { readonly type: string; readonly ref: string; readonly data: Record<string, unknown> };

/** A service that hands out tickets and opens sockets; `heard` holds the frames that came. */
async function service(answer: (socket: ServerSocket, frame: Sent) => void = () => {}, ticket?: () => Promise<unknown>) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  const heard: Sent[] = [];
  const attempts: number[] = [];
  const sockets: ServerSocket[] = [];
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("message", (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as Sent;
      heard.push(frame);
      answer(socket, frame);
    });
  });
  stops.push(() => (server.clients.forEach((socket) => socket.terminate()), server.close()));
  let tickets = 0;
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client: LiveOptions["client"] = {
    realtime: {
      createTicket: async () => {
        attempts.push(performance.now());
        if (ticket) await ticket();
        return { ticket: "t", url: `${url}?ticket=${++tickets}`, expiresAt: "" } as never;
      },
    },
  };
  return { client, heard, sockets, attempts, server };
}
function connect(options: Omit<LiveOptions, "onFrame"> & Partial<LiveOptions>): Live & { readonly frames: Frame[] } {
  const frames: Frame[] = [];
  const socket = live({ onFrame: (frame) => void frames.push(frame), ...options });
  stops.push(() => socket.close());
  return { ...socket, frames };
}
const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  await promise.then(
    () => "nothing",
    (error: unknown) => error,
  );
const reply = (socket: ServerSocket, type: string, data: object): void => socket.send(JSON.stringify({ type, data }));

test("a frame is answered by its own ack or error, a ping by a pong, a sync by ready, in any order", async () => {
  const held: Sent[] = [];
  const { client } = await service((socket, frame) => {
    if (frame.type === "ping") reply(socket, "pong", {});
    else if (frame.type === "sync") reply(socket, "ready", { cursor: `c${frame.ref}` });
    else if (held.push(frame) === 3) {
      const [first, second, third] = held;
      reply(socket, "ack", { ref: third?.ref });
      reply(socket, "error", { ref: second?.ref, code: "conversation.ended", detail: "It has ended.", fields: { "/a": "is wrong" } });
      reply(socket, "nudge", { cursor: "n" });
      reply(socket, "ack", { ref: first?.ref, seq: 7 });
    }
  });
  const socket = connect({ client });
  const read = () => socket.send("message.read", { conversationId: "c" as never, messageId: "m" as never });
  const [one, two, three, pong, first, second] = await Promise.all([
    read(),
    failure(read()),
    read(),
    socket.send("ping", {}),
    socket.send("sync", {}),
    socket.send("sync", {}),
  ]);
  expect(one).toMatchObject({ type: "ack", data: { seq: 7 } });
  expect(two).toBeInstanceOf(ProblemError);
  expect(two).toMatchObject({ code: "conversation.ended", status: 409, errors: [{ pointer: "/a", detail: "is wrong" }] });
  expect(three).toMatchObject({ type: "ack" });
  expect(pong).toMatchObject({ type: "pong" });
  expect([first, second]).toMatchObject([{ data: { cursor: "c5" } }, { data: { cursor: "c6" } }]);
  expect(socket.frames.map(({ type }) => type).toSorted()).toEqual(["ack", "ack", "error", "nudge", "pong", "ready", "ready"]);
});

test("it comes back with a fresh ticket each time, waits longer and not evenly, and tells of each opening and closing once", async () => {
  const { client, sockets, attempts } = await service();
  const told: string[] = [];
  const socket = connect({ client, onOpen: () => void told.push("open"), onClose: () => void told.push("close") });
  await socket.ready();
  for (let n = 1; n <= 4; n++) {
    sockets.at(-1)?.terminate();
    await expect.poll(() => sockets.length, { interval: 5 }).toBe(n + 1);
  }
  await socket.ready();
  expect(told).toEqual(["open", "close", "open", "close", "open", "close", "open", "close", "open"]);
  const waits = attempts.slice(1).map((at, i) => at - (attempts[i] ?? 0));
  // It opened each time, and was of no use: 100, 200, 400, 800 ms at most, and half of that at least.
  waits.forEach((waitMs, i) => expect(waitMs).toBeGreaterThan(100 * 2 ** i * 0.5 - 10));
  expect(waits.every((waitMs, i) => Math.abs(waitMs - 100 * 2 ** i) < 1)).toBe(false);
});

test("whoever waits for it to open is told when it does, however many attempts that takes", async () => {
  let tries = 0;
  const { client, heard } = await service(
    (socket, { ref }) => reply(socket, "ack", { ref }),
    async () => {
      if (++tries < 3) throw new ProblemError({ status: 503, code: "server.busy", detail: "busy" });
    },
  );
  const closings: unknown[] = [];
  const socket = connect({ client, onClose: () => void closings.push(1) });
  const waited = [socket.ready(), socket.send("typing.set", { conversationId: "c" as never, typing: true })];
  await Promise.all(waited);
  expect(heard).toHaveLength(1);
  expect(closings).toEqual([]);
});

test("a socket that is refused before it opens leaves nobody waiting for ever", async () => {
  const { client, server } = await service();
  server.options.verifyClient = () => false;
  const socket = connect({ client, backoffMaxMs: 20 });
  const ready = socket.ready();
  await after(100);
  server.options.verifyClient = () => true;
  await ready;
});

test("what was sent and not answered is rejected at once when the socket closes, by either side", async () => {
  const { client, heard, sockets } = await service();
  const socket = connect({ client });
  const first = failure(socket.send("ping", {}));
  await expect.poll(() => heard).toHaveLength(1);
  sockets[0]?.terminate();
  expect(String(await first)).toContain("closed before the answer came");
  const second = failure(socket.send("ping", {}));
  await expect.poll(() => heard).toHaveLength(2);
  // The other side is deaf, and won't answer the closing.
  sockets[1]?.pause();
  const startedMs = performance.now();
  socket.close();
  expect(String(await second)).toContain("closed before the answer came");
  // A socket waits three seconds for the closing of the other side.
  expect(performance.now() - startedMs).toBeLessThan(2_500);
});

test("closed, it stays closed: while open, while waiting to come back, and while its ticket is on its way", async () => {
  const first = await service();
  const open = connect({ client: first.client });
  await open.ready();
  open.close();
  open.close();
  expect(String(await failure(open.ready()))).toContain("was closed");
  expect(String(await failure(open.send("ping", {})))).toContain("was closed");

  const second = await service();
  const waiting = connect({ client: second.client });
  await waiting.ready();
  second.sockets[0]?.terminate();
  await after(20);
  waiting.close();

  let give: () => void = () => {};
  const third = await service(undefined, () => new Promise<void>((resolve) => (give = resolve)));
  const asking = connect({ client: third.client });
  const ready = failure(asking.ready());
  asking.close();
  give();
  expect(String(await ready)).toContain("was closed");
  await after(300);
  expect([first.sockets.length, second.sockets.length, third.sockets.length]).toEqual([1, 1, 0]);
  expect([first.attempts.length, second.attempts.length]).toEqual([1, 1]);
});

test("signed out or suspended, it stops; of other refusals it is not discouraged", async () => {
  for (const [status, code] of [
    [401, "auth.required"],
    [401, "auth.refreshInvalid"],
    [403, "account.suspended"],
  ] as const) {
    const { client, attempts } = await service(undefined, async () => {
      throw new ProblemError({ status, code, detail: "no" });
    });
    const socket = connect({ client, backoffMaxMs: 10 });
    expect(String(await failure(socket.ready()))).toContain("was closed");
    await after(100);
    expect(attempts).toHaveLength(1);
  }
});

test("it pings by itself, often enough never to be idle", async () => {
  const { client, heard } = await service((socket) => reply(socket, "pong", {}));
  connect({ client, pingEveryMs: 30 });
  await expect.poll(() => heard.length).toBeGreaterThan(3);
  expect(new Set(heard.map(({ type }) => type))).toEqual(new Set(["ping"]));
});
