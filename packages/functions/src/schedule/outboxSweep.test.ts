import { systemClock } from "@pendo/core/ports/clock/clock";
import { pgBossBus } from "@pendo/core/ports/bus/pgBoss";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import type { Context, ScheduledEvent } from "aws-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scheduleFunction } from "../middleware/schedule.ts";
import { keepingObserver } from "../middleware/testEvents.ts";
import { outboxSweep } from "./outboxSweep.ts";

const db = testDb();
let bus: Awaited<ReturnType<typeof pgBossBus>>;
beforeAll(async () => {
  bus = await pgBossBus({ db, connectionString: testDbUrl(testDbName(db)), clock: systemClock, ids });
});
afterAll(() => bus.stop());

test("a sweep counts the events that only another release knows, once, and reports no bug", async () => {
  const observer = keepingObserver();
  const sweep = scheduleFunction("outboxSweep", outboxSweep as never, { ports: { db, bus }, clock: systemClock, ids, observer });
  await db`
    insert into outbox (id, type, envelope)
    select id, 'cheque.bounced', '{"type": "cheque.bounced"}' from unnest(${[ids.next(), ids.next()]}::uuid[]) as id`;
  await db.begin((tx) => bus.emit(tx, "deck.low", { userId: ids.next() }));

  await sweep({} as ScheduledEvent, {} as Context);

  expect(observer.measured.filter(({ values }) => "unknownEvents" in values)).toEqual([
    { of: { schedule: "outboxSweep" }, values: { unknownEvents: 2 } },
  ]);
  expect([observer.bugs, await db`select type from outbox`]).toEqual([[], [{ type: "cheque.bounced" }, { type: "cheque.bounced" }]]);
});
