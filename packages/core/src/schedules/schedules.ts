import { type ScheduleName, schedules } from "@pendo/contract/schedules";
import type { Uses } from "../ports/ports.ts";
import * as sql from "./schedules.sql.ts";

export { list } from "./schedules.sql.ts";

type DbAndClock = Pick<Uses<"db">, "db" | "clock">;

const after = (at: Date, sec: number): Date => new Date(at.getTime() + sec * 1000);

/**
 * Prepares a schedule at the start of a host that has the database to itself: a new one is due at once, and what an ended process had claimed is
 * free again. Returns when it is due.
 */
export async function plan({ db, clock }: DbAndClock, name: ScheduleName): Promise<Date> {
  const now = clock.now();
  return await sql.plan(db, { name, now, latestAt: after(now, schedules[name].everySec) });
}

/** Runs the schedule if it is due and no other process runs it, and records the outcome. Returns when it is due next. */
export async function runDue({ db, clock }: DbAndClock, name: ScheduleName, work: () => Promise<string>): Promise<Date> {
  const startedAt = clock.now();
  const { everySec, timeoutSec } = schedules[name];
  const nextAt = after(startedAt, everySec);
  if (!(await sql.claim(db, { name, now: startedAt, until: after(startedAt, timeoutSec) }))) return (await sql.dueAt(db, name)) ?? nextAt;
  const outcome = await work();
  // Only now: a run that a crash cut off is still due.
  await sql.complete(db, { name, startedAt, dueAt: nextAt, outcome });
  return nextAt;
}
