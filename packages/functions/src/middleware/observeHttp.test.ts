import { route } from "@pendo/contract/route";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { Fault } from "@pendo/core/fault";
import { expect, test } from "vitest";
import * as z from "zod";
import { httpFunction } from "./http.ts";
import { call, keepingObserver, signedIn } from "./testEvents.ts";

const ports = testPorts(testDb());
const observer = keepingObserver();
const measured: unknown[] = [];
const runtime = {
  ports,
  clock: ports.clock,
  ids: ports.ids,
  observer: { ...observer, measure: (...all: unknown[]) => void measured.push(all) },
};
const base = { summary: "A test", auth: "user", fails: [], limit: "write", output: z.object({ text: z.string() }) } as const;
const specs = {
  read: route({ ...base, needs: ["db"], at: "GET /v1/things/{id}", input: z.strictObject({ id: z.string(), q: z.string().optional() }) }),
  make: route({ ...base, needs: ["db", "bus"], at: "POST /v1/things", input: z.strictObject({ text: z.string().max(30) }) }),
};
let behave: (ctx: object) => Promise<{ text: string }>;
const serve = httpFunction("things", specs, { read: (ctx: object) => behave(ctx), make: (ctx: object) => behave(ctx) }, runtime);

test("a line and its measurements hold names, numbers and ids, and never a word of the request or the answer", async () => {
  const { headers, userId } = await signedIn(ports);
  const secret = {
    ...headers,
    "x-canary": "canary",
    "user-agent": "canary",
    cookie: "canary",
    traceparent: "canary",
    "idempotency-key": "canary-key-1",
  };
  const lines = observer.lines.length;
  const behaviors: (typeof behave)[] = [
    async () => ({ text: "canary" }),
    async () => Promise.reject(new Fault("input.invalid", { fields: { "/canary": "canary" } })),
    async () => Promise.reject(new Error("canary")),
  ];
  for (behave of behaviors) {
    await call(serve, specs.read.at, { headers: secret, path: { id: "canary" }, query: { q: "canary" }, ip: "192.0.2.123" });
    await call(serve, specs.make.at, { headers: secret, body: { text: "canary" }, ip: "192.0.2.123" });
    await call(serve, specs.make.at, { headers: secret, body: { canary: "canary" } });
    await call(serve, specs.make.at, { headers: { authorization: "Bearer canary" }, body: '{"canary' });
    await call(serve, "$default", { headers: secret, path: { canary: "canary" } });
  }
  const told = JSON.stringify([observer.lines.slice(lines), measured]);
  expect(observer.lines).toHaveLength(lines + 15);
  expect(told).not.toContain("canary");
  expect(told).not.toContain("192.0.2.123");
  expect(told).not.toContain(headers["authorization"]?.slice(-20));
  expect(observer.lines[lines]).toMatchObject({ kind: "http", route: "things.read", status: 200, fault: null, userId });
});

test("only a route that may emit gets a bus, and its facts leave when it is done, also where it failed after all", async () => {
  const { headers } = await signedIn(ports);
  let relayed = 0;
  const counting = { ...runtime, ports: { ...ports, bus: { ...ports.bus, relaySoon: async () => void relayed++ } } };
  const emits: typeof behave = async (ctx) => {
    const { bus } = ctx as typeof ports;
    await ports.db.begin(async (tx) => void (await bus.emit(tx, "deck.low", { userId: ports.ids.next() })));
    return { text: "" };
  };
  behave = async (ctx) => ({ text: String("bus" in ctx) });
  const counted = httpFunction("things", specs, { read: (ctx: object) => behave(ctx), make: (ctx: object) => behave(ctx) }, counting);
  expect((await call(counted, specs.read.at, { headers, path: { id: "a" } })).json()).toEqual({ text: "false" });
  expect((await call(counted, specs.make.at, { headers, body: { text: "a" } })).json()).toEqual({ text: "true" });
  expect(relayed).toBe(0);
  behave = emits;
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await call(counted, specs.make.at, { headers: { ...headers, traceparent }, body: { text: "a" } });
  expect((await ports.facts("deck.low")).at(-1)?.traceparent).toMatch(
    /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
  );
  behave = async (ctx) => emits(ctx).then(() => Promise.reject(new Fault("match.notFound")));
  expect((await call(counted, specs.make.at, { headers, body: { text: "a" } })).status).toBe(404);
  expect(relayed).toBe(2);
});

test("a request is answered as it went, where its facts can't leave at once", async () => {
  const { headers } = await signedIn(ports);
  const away = {
    ...runtime,
    ports: { ...ports, bus: { ...ports.bus, relaySoon: async () => Promise.reject(new Error("the queue is away")) } },
  };
  const failing = httpFunction("things", specs, { read: (ctx: object) => behave(ctx), make: (ctx: object) => behave(ctx) }, away);
  behave = async (ctx) => {
    await ports.db.begin(async (tx) => void (await (ctx as typeof ports).bus.emit(tx, "deck.low", { userId: ports.ids.next() })));
    return { text: "done" };
  };
  expect((await call(failing, specs.make.at, { headers, body: { text: "a" } })).json()).toEqual({ text: "done" });
  expect(String(observer.bugs.at(-1))).toContain("the queue is away");
});

test("a handler learns the viewer's address from CloudFront, and from nobody who only says so", async () => {
  const { headers } = await signedIn(ports);
  const seen: string[] = [];
  behave = async (ctx) => (seen.push((ctx as { caller: { ip: string } }).caller.ip), { text: "" });
  const asked = { headers: { ...headers, "x-pendo-viewer": "198.51.100.4" }, path: { id: "1" }, ip: "203.0.113.7" };
  await call(serve, specs.read.at, { ...asked, authorizer: { lambda: { edge: true } } });
  await call(serve, specs.read.at, asked);
  expect(seen).toEqual(["198.51.100.4", "203.0.113.7"]);
});

test("a queue that is away is a count of each request and no bug; a missing permission is a bug", async () => {
  const { headers } = await signedIn(ports);
  const failing = (error: Error) => ({
    ...runtime,
    ports: { ...ports, bus: { ...ports.bus, relaySoon: async () => Promise.reject(error) } },
  });
  const handlers = { read: (ctx: object) => behave(ctx), make: (ctx: object) => behave(ctx) };
  behave = async (ctx) => {
    await ports.db.begin(async (tx) => void (await (ctx as typeof ports).bus.emit(tx, "deck.low", { userId: ports.ids.next() })));
    return { text: "done" };
  };
  const [bugs, counted] = [observer.bugs.length, measured.length];

  const away = httpFunction("things", specs, handlers, failing(new Fault("store.unavailable")));
  await call(away, specs.make.at, { headers, body: { text: "a" } });
  expect(observer.bugs).toHaveLength(bugs);
  expect(measured.slice(counted)).toContainEqual([{ port: "bus" }, { failures: 1 }]);

  const denied = httpFunction("things", specs, handlers, failing(new Error("AccessDenied")));
  await call(denied, specs.make.at, { headers, body: { text: "b" } });
  expect(observer.bugs).toHaveLength(bugs + 1);
});
