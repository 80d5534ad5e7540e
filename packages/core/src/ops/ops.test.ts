import { expect, test } from "vitest";
import type { Fault } from "../fault.ts";
import { connect } from "../ports/db/connect.ts";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { readiness } from "./ops.ts";

const db = testDb();
const ports = testPorts(db);

test("GET /readyz names every dependency that answers", async () => {
  const { status, checks } = await readiness(ports);
  expect(status).toBe("ready");
  expect(Object.keys(checks).toSorted()).toEqual(["bus", "cache", "connections", "db", "search", "storage", "writes"]);
  expect(Object.values(checks).every(({ ok, ms }) => ok && ms >= 0)).toBe(true);
});

test("GET /readyz answers that it is degraded where only the cache or search is missing: Pendo serves without them", async () => {
  const failing = { ping: () => Promise.reject(new Error("gone")) };
  const without = await readiness({ ...ports, cache: { ...ports.cache, ...failing }, search: { ...ports.search, ...failing } });
  expect(without).toMatchObject({ status: "degraded", checks: { cache: { ok: false }, search: { ok: false }, db: { ok: true } } });
});

test("GET /readyz answers ops.notReady with the names of what failed and what hangs, and nothing they said", async () => {
  const failing = { ...ports.cache, ping: () => Promise.reject(new Error("password authentication failed for redis.internal")) };
  const hanging = { ...ports.storage, ping: () => new Promise<void>(() => {}) };
  const fault = await readiness({ ...ports, cache: failing, storage: hanging }, { msMax: 100 }).catch((thrown: Fault) => thrown);
  expect(fault).toMatchObject({ code: "ops.notReady", fields: { "/cache": "failed", "/storage": "did not answer within 100 ms" } });
});

test("GET /readyz answers ops.notReady while the database answers reads and refuses writes", async () => {
  await db`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$`;
  await db`create trigger refuse before insert or update on heartbeats for each row execute function refuse()`;

  const fault = await readiness(ports).catch((thrown: Fault) => thrown);

  expect(fault).toMatchObject({ code: "ops.notReady", fields: { "/writes": "failed" } });
  await db`drop trigger refuse on heartbeats`;
  expect(await readiness(ports)).toMatchObject({ status: "ready" });
});

test("GET /readyz answers ops.notReady when a write hangs", async () => {
  await readiness(ports);
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const lock = db.begin(async (tx) => {
    await tx`lock table heartbeats in access exclusive mode`;
    await mayEnd;
  });
  await expect.poll(async () => (await db`select 1 from pg_locks where relation = 'heartbeats'::regclass and granted`).length).toBe(1);

  const fault = await readiness(ports, { msMax: 100 }).catch((thrown: Fault) => thrown);
  end();
  await lock;

  expect(fault).toMatchObject({ code: "ops.notReady", fields: { "/writes": "did not answer within 100 ms" } });
});

test("GET /readyz is degraded, and not out of service, in a standby place whose database only reads", async () => {
  await db`alter database ${db(testDbName(db))} set default_transaction_read_only = on`;
  const standby = connect(testDbUrl(testDbName(db)), { max: 2 });

  const answer = await readiness({ ...ports, db: standby });

  await standby.end({ timeout: 1 });
  await db`alter database ${db(testDbName(db))} reset default_transaction_read_only`;
  expect(answer).toMatchObject({ status: "degraded", checks: { writes: { ok: false }, db: { ok: true } } });
});

test("health checks write one row, once a second", async () => {
  const at = ports.clock.now();
  const atOneMoment = { ...ports, clock: { ...ports.clock, now: () => at } };
  await db`delete from heartbeats`;
  await Promise.all([1, 2, 3].map(() => readiness(atOneMoment)));
  const [first] = await db`select xmin::text as by, (select count(*)::int from heartbeats) as rows from heartbeats`;

  await readiness(atOneMoment);

  expect(await db`select xmin::text as by, (select count(*)::int from heartbeats) as rows from heartbeats`).toEqual([first]);
  expect(first?.["rows"]).toBe(1);
});
