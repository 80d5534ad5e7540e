import type { ScheduleName } from "@pendo/contract/schedules";
import type { Db } from "../ports/db/db.ts";

/** Adds the row of a new schedule. A due time beyond `latestAt` comes from a clock that was ahead, and is brought back. */
export async function plan(db: Db, { name, now, latestAt }: { name: ScheduleName; now: Date; latestAt: Date }): Promise<Date> {
  const [row] = await db<[{ dueAt: Date }]>`
    insert into schedules (name, due_at) values (${name}, ${now})
    on conflict (name) do update set due_at = least(schedules.due_at, ${latestAt}), running_until = null
    returning due_at`;
  return row.dueAt;
}

/** Takes the schedule where it is due and not taken. Skips a row that another process takes in this moment, instead of waiting for it. */
export async function claim(db: Db, { name, now, until }: { name: ScheduleName; now: Date; until: Date }): Promise<boolean> {
  const { count } = await db`
    update schedules set running_until = ${until}
    where name = (
      select name from schedules
      where name = ${name} and due_at <= ${now} and (running_until is null or running_until <= ${now})
      for update skip locked
    )`;
  return count > 0;
}

/** Frees the schedule after a run, with the run's outcome and the time when it is due next. */
export async function complete(
  db: Db,
  { name, startedAt, dueAt, outcome }: { name: ScheduleName; startedAt: Date; dueAt: Date; outcome: string },
): Promise<void> {
  await db`
    update schedules set due_at = ${dueAt}, running_until = null, last_run_at = ${startedAt}, last_outcome = ${outcome}
    where name = ${name}`;
}

/** When the schedule is due; undefined where it has no row. */
export async function dueAt(db: Db, name: ScheduleName): Promise<Date | undefined> {
  const [row] = await db<{ dueAt: Date }[]>`select due_at from schedules where name = ${name}`;
  return row?.dueAt;
}

export interface ScheduleRow {
  readonly name: string;
  readonly dueAt: Date;
  readonly lastRunAt: Date | null;
  readonly lastOutcome: string | null;
}

/** Every schedule by name, with its next and its last run. */
export async function list(db: Db): Promise<ScheduleRow[]> {
  return await db<ScheduleRow[]>`select name, due_at, last_run_at, last_outcome from schedules order by name`;
}
