import { faults } from "@pendo/contract/faults";
import type { SessionId, UserId } from "@pendo/contract/ids";
import { limits } from "@pendo/contract/limits";
import { framesOut, type FrameOutName } from "@pendo/contract/sockets";
import { Fault } from "@pendo/core/fault";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { markRevoked } from "@pendo/core/rules/revoked";
import type { Context } from "aws-lambda";
import { beforeEach, expect, test } from "vitest";
import type { HandleSocket } from "./handles.ts";
import { type SocketEvent, socketFunction } from "./socket.ts";
import { keepingObserver } from "./testEvents.ts";

const db = testDb();
const ports = testPorts(db);
const observer = keepingObserver();
const runtime = { ports, clock: ports.clock, ids: ports.ids, observer };

type Behave = (ctx: Record<string, unknown>, data: unknown) => Promise<unknown>;
let behave: Behave;
let connectWith: () => Promise<void>;
let disconnectWith: () => Promise<void>;
beforeEach(() => {
  behave = async () => {};
  connectWith = async () => {};
  disconnectWith = async () => {};
});
const handle = (async (ctx: Record<string, unknown>, data: unknown) => await behave(ctx, data)) as never;
const handlers: HandleSocket = {
  connect: async () => await connectWith(),
  disconnect: async () => await disconnectWith(),
  frames: {
    ping: handle,
    sync: handle,
    "message.send": handle,
    "message.read": handle,
    "typing.set": handle,
    "presence.subscribe": handle,
    "presence.unsubscribe": handle,
  },
};
const serve = socketFunction(handlers, runtime);
const event = (routeKey: string, connectionId: string, body?: string): SocketEvent =>
  ({ requestContext: { routeKey, connectionId }, body, isBase64Encoded: false }) as unknown as SocketEvent;

interface Answer {
  readonly type: FrameOutName;
  readonly data: Record<string, unknown>;
}

/** A socket that is open: what it says is answered, and every answer is what the contract says. */
async function opened() {
  const connectionId = ports.ids.next<string>();
  const [userId, sessionId] = [ports.ids.next<UserId>(), ports.ids.next<SessionId>()];
  const answers: Answer[] = [];
  const state = { closed: false };
  ports.registry.set(connectionId, {
    send: async (text) => {
      const frame = JSON.parse(text) as Answer;
      framesOut[frame.type].parse(frame.data);
      answers.push(frame);
    },
    close: () => (state.closed = true),
  });
  await ports.connections.add({ connectionId, userId, sessionId, connectedAt: ports.clock.now() });
  const say = async (frame: unknown): Promise<Answer | undefined> => {
    const { statusCode } = await serve(
      event("$default", connectionId, typeof frame === "string" ? frame : JSON.stringify(frame)),
      {} as Context,
    );
    expect(statusCode).toBe(200);
    return answers.pop();
  };
  return { connectionId, userId, sessionId, state, say };
}

test("a frame is handled as whoever the ticket named, and answered with its ref", async () => {
  const { userId, sessionId, connectionId, say } = await opened();
  let seen: Record<string, unknown> = {};
  behave = async (ctx) => void (seen = ctx);
  expect(await say({ type: "ping", ref: "r1", data: {} })).toEqual({ type: "ack", data: { ref: "r1" } });
  expect(seen).toMatchObject({ me: userId, sessionId, connectionId });
  expect(Object.keys(seen).toSorted()).toEqual(["cache", "clock", "connectionId", "ids", "me", "sessionId"]);
  behave = async () => ({ type: "ack", data: { ref: null, seq: 7 } });
  expect(await say({ type: "sync", ref: "r2" })).toEqual({ type: "ack", data: { ref: "r2", seq: 7 } });
  behave = async () => ({ type: "pong", data: {} });
  expect(await say({ type: "ping" })).toEqual({ type: "pong", data: {} });
});

test("what is no frame is refused by name, with its ref wherever that can be read", async () => {
  const { say } = await opened();
  expect(await say("{")).toMatchObject({ type: "error", data: { ref: null, code: "input.notJson" } });
  for (const body of ["", "null", "[]", '"ping"', "7"]) expect(await say(body)).toMatchObject({ type: "error", data: { ref: null } });
  for (const type of ["pong", "__proto__", "constructor", "", 7, null, undefined]) {
    expect(await say({ type, ref: "r", data: {} })).toMatchObject({
      type: "error",
      data: { ref: "r", code: "input.invalid", fields: { "/type": expect.any(String) as string } },
    });
  }
  for (const ref of ["x".repeat(65), 7, {}])
    expect(await say({ type: "ping", ref })).toMatchObject({ data: { ref: null, fields: { "/ref": expect.any(String) as string } } });
  const wrong = await say({ type: "message.read", ref: "r", data: { conversationId: "x", messageId: 7, seq: 1 } });
  expect(Object.keys(wrong?.data["fields"] as object).toSorted()).toEqual(["/conversationId", "/messageId", "/seq"]);
  expect(wrong?.data).toMatchObject({ ref: "r", code: "input.invalid" });
});

test("a frame that is not UTF-8 is refused, and a byte-order mark before one is ignored", async () => {
  const { connectionId, say } = await opened();
  const answers: Answer[] = [];
  ports.registry.set(connectionId, { send: async (text) => void answers.push(JSON.parse(text) as Answer), close: () => {} });
  const body = Buffer.from('{"type":"ping","ref":"Zoë"}', "latin1").toString("base64");

  await serve({ ...event("$default", connectionId, body), isBase64Encoded: true }, {} as Context);
  await say('\ufeff{"type":"ping","ref":"r"}');

  expect(answers).toMatchObject([
    { type: "error", data: { code: "input.notText" } },
    { type: "ack", data: { ref: "r" } },
  ]);
});

test("a field that the domain refuses is a JSON Pointer, as in a problem", async () => {
  const { say } = await opened();
  behave = () => Promise.reject(new Fault("input.invalid", { fields: { "/text": "is missing" } }));

  expect(await say({ type: "ping", ref: "r" })).toMatchObject({ type: "error", data: { fields: { "/text": "is missing" } } });
});

test("a frame that pretends to be of somebody else is refused: who sends is never in it", async () => {
  const { say } = await opened();
  expect(await say({ type: "ping", ref: "r", data: { me: "x" } })).toMatchObject({
    data: { code: "input.invalid", fields: { "/me": expect.any(String) as string } },
  });
});

test("after its limit a user's frames are refused, on all sockets, what can't be read included, until the window is over", async () => {
  const { say, state } = await opened();
  const { max, windowSec } = limits.read;
  for (let n = 0; n < max; n++) await say(n % 2 ? "{" : { type: "ping" });
  expect(await say({ type: "ping", ref: "r" })).toMatchObject({ type: "error", data: { ref: "r", code: "rate.limited" } });
  expect(await say("{")).toMatchObject({ type: "error", data: { code: "rate.limited" } });
  expect(await say({ type: "message.read", ref: "r", data: {} })).toMatchObject({ data: { code: "input.invalid" } });
  expect(state.closed).toBe(false);
  ports.clock.advance(windowSec * 1000);
  expect(await say({ type: "ping" })).toMatchObject({ type: "ack" });
});

test("a socket whose session was revoked, or that nobody knows, is told once to sign in and closed, whatever it says", async () => {
  for (const body of [{ type: "ping", ref: "r" }, "{", { type: "no.such", ref: "r" }]) {
    const { sessionId, say, state } = await opened();
    await markRevoked(ports.cache, [sessionId], "revoked");
    behave = async () => Promise.reject(new Error("must not be called"));
    expect(await say(body)).toMatchObject({ type: "error", data: { code: "auth.required" } });
    expect(state.closed).toBe(true);
  }
  const { connectionId, say, state } = await opened();
  await ports.connections.remove(connectionId);
  expect(await say({ type: "ping", ref: "r" })).toMatchObject({ data: { ref: "r", code: "auth.required" } });
  expect(state.closed).toBe(true);
});

test("a fault is answered by its text, a bug without its words, and only the bug reaches the observer", async () => {
  const { say, state } = await opened();
  const bugs = observer.bugs.length;
  behave = async () => {
    throw new Fault("conversation.ended");
  };
  expect(await say({ type: "ping", ref: "r" })).toEqual({
    type: "error",
    data: { ref: "r", code: "conversation.ended", detail: faults["conversation.ended"].text },
  });
  behave = async () => {
    throw Object.assign(new Error("inside"), { code: "CONNECTION_CLOSED" });
  };
  expect(await say({ type: "ping", ref: "r" })).toMatchObject({ data: { code: "store.unavailable" } });
  expect(observer.bugs).toHaveLength(bugs);
  behave = async () => {
    throw new Error("password=hunter2");
  };
  const answer = await say({ type: "ping", ref: "r" });
  expect(answer).toEqual({ type: "error", data: { ref: "r", code: "server.failed", detail: faults["server.failed"].text } });
  expect(String(observer.bugs.at(-1))).toContain("hunter2");
  expect(state.closed).toBe(false);
});

test("an answer to a socket that has gone makes it forgotten", async () => {
  const { connectionId, say } = await opened();
  ports.registry.delete(connectionId);
  await say({ type: "ping" });
  expect(await ports.connections.get(connectionId)).toBeNull();
});

test("a bad ticket answers 401, a failure 500; a closing that fails says so", async () => {
  const status = async (routeKey: string) => (await serve(event(routeKey, "c1"), {} as Context)).statusCode;
  expect(await status("$connect")).toBe(200);
  connectWith = async () => Promise.reject(new Fault("ticket.invalid"));
  expect(await status("$connect")).toBe(401);
  expect(observer.lines.at(-1)).toMatchObject({ kind: "socket", frame: "$connect", fault: "ticket.invalid" });
  connectWith = async () => Promise.reject(new Error("inside"));
  expect(await status("$connect")).toBe(500);
  connectWith = async () => Promise.reject(Object.assign(new Error("inside"), { code: "CONNECTION_CLOSED" }));
  expect(await status("$connect")).toBe(500);
  disconnectWith = async () => Promise.reject(new Error("inside"));
  expect(await status("$disconnect")).toBe(500);
});

test("a line tells the frame and what became of it, and nothing of what was said", async () => {
  const { say } = await opened();
  const lines = observer.lines.length;
  await say({ type: "canary.type", ref: "canary-ref", data: { text: "canary" } });
  await say("canary");
  await say({ type: "message.read", ref: "canary", data: { conversationId: "canary" } });
  expect(observer.lines).toHaveLength(lines + 3);
  expect(observer.lines.slice(lines).map(({ frame, fault }) => [frame, fault])).toEqual([
    ["unknown", "input.invalid"],
    ["unknown", "input.notJson"],
    ["message.read", "input.invalid"],
  ]);
  expect(JSON.stringify(observer.lines.slice(lines))).not.toContain("canary");
});
