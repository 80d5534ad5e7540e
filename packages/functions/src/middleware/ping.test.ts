import * as opsRoutes from "@pendo/contract/routes/ops";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import type { Context } from "aws-lambda";
import { expect, test } from "vitest";
import { handlers as opsHandlers } from "../http/ops.ts";
import { socket } from "../socket/index.ts";
import { httpFunction } from "./http.ts";
import { isPing, ping } from "./ping.ts";
import { queueFunction } from "./queue.ts";
import type { Runtime } from "./runtime.ts";
import { scheduleFunction } from "./schedule.ts";
import { socketFunction } from "./socket.ts";
import { keepingObserver } from "./testEvents.ts";

const db = testDb();
const ports = testPorts(db);
const observer = keepingObserver();
const runtime: Runtime = { ports, clock: ports.clock, ids: ports.ids, observer, release: "abc1234" };

let worked = 0;
const work = async (): Promise<void> => void (worked += 1);
const kinds: Record<string, (from: Runtime) => (event: never, context: never) => Promise<unknown>> = {
  http: (from) => httpFunction("ops", opsRoutes, opsHandlers, from),
  queue: (from) => queueFunction("matching", { "deck.low": work }, from),
  schedule: (from) => scheduleFunction("expire", work, from),
  socket: (from) => socketFunction({ ...socket, connect: work, disconnect: work }, from),
};
const asked = (kind: string, from: Runtime = runtime) => kinds[kind]!(from)(ping as never, {} as Context as never);

test.each(Object.keys(kinds))("a function of the kind %s answers a ping with its release and its ports, and does nothing", async (kind) => {
  const before = await counts();
  expect(await asked(kind)).toEqual({
    pendo: "pong",
    release: "abc1234",
    ok: true,
    ports: { db: true, cache: true, search: true, bus: true, deadLetters: true, storage: true, connections: true },
  });
  expect(await counts()).toEqual(before);
  expect(worked).toBe(0);
  expect(observer.bugs).toEqual([]);
});

test.each(Object.keys(kinds))("a function of the kind %s says which of its ports does not answer", async (kind) => {
  const away = async (): Promise<never> => Promise.reject(new Error("away"));
  const broken = { ...runtime, ports: { ...ports, bus: { ...ports.bus, ping: away }, connections: { ...ports.connections, ping: away } } };
  expect(await asked(kind, broken)).toMatchObject({ ok: false, ports: { db: true, bus: false, connections: false } });
});

test("a port that never answers counts as one that does not, in time", async () => {
  const silent = { ...runtime, ports: { ...ports, bus: { ...ports.bus, ping: () => new Promise<void>(() => {}) } } };
  expect(await asked("queue", silent)).toMatchObject({ ok: false, ports: { bus: false } });
});

test("only the ports that a function has are asked", async () => {
  const { db: own, bus, storage } = ports;
  const small = scheduleFunction("expire", work, { ...runtime, ports: { db: own, bus, storage } });
  expect(await small(ping as never, {} as Context)).toMatchObject({ ports: { db: true, bus: true, storage: true } });
});

test("no event of a gateway, a queue or a schedule is a ping, whatever a client writes into it", () => {
  const events = [
    { version: "2.0", routeKey: "POST /v1/x", body: JSON.stringify(ping), queryStringParameters: { pendo: "ping" } },
    { Records: [{ messageId: "1", body: JSON.stringify(ping) }] },
    { requestContext: { routeKey: "$default" }, body: JSON.stringify(ping) },
    { pendo: "pong" },
    { pendo: {} },
    null,
    undefined,
    "ping",
    JSON.stringify(ping),
    [],
  ];
  expect(events.filter(isPing)).toEqual([]);
  expect(isPing({ pendo: "ping" })).toBe(true);
});

async function counts(): Promise<unknown> {
  return (
    await db`select (select count(*) from outbox)::int as outbox, (select count(*) from inbox)::int as inbox, (select count(*) from users)::int as users`
  )[0];
}
