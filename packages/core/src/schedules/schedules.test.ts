import { schedules as contract } from "@pendo/contract/schedules";
import { beforeEach, expect, test } from "vitest";
import { movableClock } from "../ports/clock/clock.ts";
import { testDb } from "@pendo/local/db/testDb";
import * as schedules from "./schedules.ts";

const db = testDb();
const clock = movableClock(new Date("2026-05-01T00:00:00Z"));
const ports = { db, clock };
const everyMs = contract.expire.everySec * 1000;
beforeEach(async () => void (await db`delete from schedules`));

const runs = async (outcome = "done"): Promise<number> => {
  let count = 0;
  await schedules.runDue(ports, "expire", async () => (count++, outcome));
  return count;
};

test("a new schedule is due at once, then once per interval of the clock, and its row says how the last run ended", async () => {
  await schedules.plan(ports, "expire");

  expect([await runs(), await runs()]).toEqual([1, 0]);
  clock.advance(everyMs - 1000);
  expect(await runs()).toBe(0);
  clock.advance(2000);
  expect([await runs("store.unavailable"), await runs()]).toEqual([1, 0]);

  const [row] = await schedules.list(db);
  expect(row).toMatchObject({ name: "expire", lastOutcome: "store.unavailable" });
  expect((row?.dueAt.getTime() ?? 0) - (row?.lastRunAt?.getTime() ?? 0)).toBe(everyMs);
});

test("of eight processes that ask at once, one runs", async () => {
  await schedules.plan(ports, "expire");

  expect((await Promise.all(Array.from({ length: 8 }, () => runs()))).filter((count) => count > 0)).toEqual([1]);
});

test("a run that never finished is due again: after the next start, and elsewhere when its time is over", async () => {
  await schedules.plan(ports, "expire");
  const cutOff = schedules.runDue(ports, "expire", () => Promise.reject(new Error("killed")));
  await expect(cutOff).rejects.toThrow("killed");

  expect(await runs()).toBe(0);
  clock.advance(contract.expire.timeoutSec * 1000 + 1000);
  expect(await runs()).toBe(1);

  clock.advance(everyMs);
  await schedules.runDue(ports, "expire", () => Promise.reject(new Error("killed"))).catch(() => {});
  await schedules.plan(ports, "expire");
  expect(await runs()).toBe(1);
});

test("a due time that a clock far ahead has left behind is brought back at the next start", async () => {
  await schedules.plan(ports, "expire");
  clock.advance(365 * 86_400_000);
  await runs();
  clock.advance(-365 * 86_400_000);

  const dueAt = await schedules.plan(ports, "expire");

  expect(dueAt.getTime() - clock.now().getTime()).toBeLessThanOrEqual(everyMs);
  clock.advance(everyMs);
  expect(await runs()).toBe(1);
});
