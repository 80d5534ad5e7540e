import { type ScheduleName, schedules } from "@pendo/contract/schedules";
import type { ScheduleFunction } from "@pendo/functions/middleware/schedule";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startScheduler } from "./scheduler.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const started = (work: Partial<Record<ScheduleName, () => Promise<void>>>) =>
  startScheduler(new Map(Object.entries(work) as [ScheduleName, ScheduleFunction][]));

test("each schedule runs as often as the contract says", async () => {
  const runs = { outboxSweep: 0, expire: 0 };
  const scheduler = started({ outboxSweep: async () => void runs.outboxSweep++, expire: async () => void runs.expire++ });
  await vi.advanceTimersByTimeAsync(schedules.expire.everySec * 1000);
  expect(runs).toEqual({ outboxSweep: schedules.expire.everySec / schedules.outboxSweep.everySec, expire: 1 });
  await scheduler.stop();
});

test("a run that takes longer than its interval is never beside another, and a failure ends no later one", async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const everyMs = schedules.outboxSweep.everySec * 1000;
  const scheduler = started({
    outboxSweep: async () => {
      runs++;
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, everyMs * 2.5));
      running--;
      throw new Error("away");
    },
  });
  await vi.advanceTimersByTimeAsync(everyMs * 10);
  expect(most).toBe(1);
  expect(runs).toBe(4);
  const stopped = scheduler.stop();
  await vi.advanceTimersByTimeAsync(everyMs * 3);
  await stopped;
});

test("stop starts nothing more and waits for what is running", async () => {
  let finish: () => void = () => {};
  let runs = 0;
  const scheduler = started({ outboxSweep: () => (runs++, new Promise((resolve) => (finish = resolve))) });
  await vi.advanceTimersByTimeAsync(schedules.outboxSweep.everySec * 1000);
  let isStopped = false;
  const stopped = scheduler.stop().then(() => (isStopped = true));
  await vi.advanceTimersByTimeAsync(schedules.outboxSweep.everySec * 5000);
  expect([runs, isStopped]).toEqual([1, false]);
  finish();
  await stopped;
  await vi.advanceTimersByTimeAsync(schedules.outboxSweep.everySec * 5000);
  expect(runs).toBe(1);
});
