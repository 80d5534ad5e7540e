import { type ScheduleName, schedules } from "@pendo/contract/schedules";
import { movableClock } from "@pendo/core/ports/clock/clock";
import { testDb } from "@pendo/local/db/testDb";
import * as rows from "@pendo/core/schedules/schedules";
import type { ScheduleFunction } from "@pendo/functions/middleware/schedule";
import { beforeEach, expect, test, vi } from "vitest";
import { hostObserver } from "./meters.ts";
import { startScheduler } from "./scheduler.ts";

const db = testDb();
const clock = movableClock(new Date("2026-05-01T00:00:00Z"));
const observer = hostObserver({ level: "off", write: () => {} });
beforeEach(async () => void (await db`delete from schedules`));

const until = <T>(holds: () => T): Promise<T> => vi.waitFor(holds, { timeout: 30_000 });
const started = (work: Partial<Record<ScheduleName, () => Promise<void>>>) =>
  startScheduler({ db, clock, observer, tickMs: 5, functions: new Map(Object.entries(work) as [ScheduleName, ScheduleFunction][]) });
const outcomes = async () => Object.fromEntries((await rows.list(db)).map(({ name, lastOutcome }) => [name, lastOutcome]));
const picksMs = schedules.dailyPicks.everySec * 1000;

test("a schedule runs at the start and then as the clock says, not as real time does", async () => {
  const runs = { outboxSweep: 0, dailyPicks: 0 };
  const scheduler = await started({ outboxSweep: async () => void runs.outboxSweep++, dailyPicks: async () => void runs.dailyPicks++ });
  await until(async () => expect(await outcomes()).toEqual({ outboxSweep: "done", dailyPicks: "done" }));

  clock.advance(schedules.outboxSweep.everySec * 1000);
  await until(() => expect(runs).toEqual({ outboxSweep: 2, dailyPicks: 1 }));
  clock.advance(picksMs);
  await until(() => expect(runs).toEqual({ outboxSweep: 3, dailyPicks: 2 }));
  await scheduler.stop();
});

test("daily picks are made when they are due, however often the host is restarted, and by no restart twice", async () => {
  let runs = 0;
  const restarts = 40;
  const betweenMs = picksMs / 10;
  for (let n = 0; n < restarts; n++) {
    const scheduler = await started({ dailyPicks: async () => void runs++ });
    await scheduler.stop();
    clock.advance(betweenMs);
  }

  // The first start makes them, and then every tenth.
  expect(runs).toBe(4);
});

test("a schedule is never beside itself, and a failure ends no later run", async () => {
  let [running, most, runs] = [0, 0, 0];
  let finish: () => void = () => {};
  const scheduler = await started({
    outboxSweep: async () => {
      runs++;
      most = Math.max(most, ++running);
      if (runs <= 3) await new Promise<void>((resolve) => (finish = resolve));
      running--;
      throw new Error("away");
    },
  });
  for (let n = 1; n <= 3; n++) {
    await until(() => expect([runs, running]).toEqual([n, 1]));
    // Long enough for several more to be due meanwhile.
    clock.advance(schedules.outboxSweep.everySec * 5000);
    finish();
    await until(async () => expect(runs > n || (await outcomes())["outboxSweep"] === "server.failed").toBe(true));
  }
  await scheduler.stop();
  expect(most).toBe(1);
});

test("stop starts nothing more and waits for what is running", async () => {
  let [runs, isStopped] = [0, false];
  let finish: () => void = () => {};
  const scheduler = await started({ outboxSweep: () => (runs++, new Promise((resolve) => (finish = resolve))) });
  await until(() => expect(runs).toBe(1));

  const stopped = scheduler.stop().then(() => (isStopped = true));
  clock.advance(schedules.outboxSweep.everySec * 5000);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([runs, isStopped]).toEqual([1, false]);
  finish();
  await stopped;

  expect((await outcomes())["outboxSweep"]).toBe("done");
});
