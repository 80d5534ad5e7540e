import type { MediaId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";
import { utcDay } from "../rules/day.ts";

/** At most so many rows a step: no statement holds locks for long. */
const STEP_MAX = 5000;
/** Pictures are deleted one by one, with their files. */
const PICTURES_MAX = 200;

/** Sessions that were revoked before then, and those that ended because nobody used them. */
export async function sessions(db: Queryable, { revokedBefore, usedBefore }: { revokedBefore: Date; usedBefore: Date }): Promise<number> {
  return (
    await db`
    delete from sessions where id in (
      select id from sessions
      where last_used_at < ${revokedBefore} and (revoked_at < ${revokedBefore} or last_used_at < ${usedBefore})
      limit ${STEP_MAX}
    )`
  ).count;
}

/** Rows of a table that has one for each day and `key`, of the days before then in UTC. */
async function days(db: Queryable, table: "active_days" | "metric_days", key: string, before: Date): Promise<number> {
  return (
    await db`
    delete from ${db(table)} where (day, ${db(key)}) in (
      select day, ${db(key)} from ${db(table)} where day < ${utcDay(db, before)} limit ${STEP_MAX}
    )`
  ).count;
}

/** Deletes the records of active users on days before then, at most 5,000. Returns how many. */
export const activeDays = (db: Queryable, before: Date): Promise<number> => days(db, "active_days", "user_id", before);

/** Deletes the daily counts of days before then, at most 5,000 rows. Returns how many. */
export const metricDays = (db: Queryable, before: Date): Promise<number> => days(db, "metric_days", "name", before);

/** Pictures that were refused, or could not be read, and were completed before then. */
export async function refusedPictures(db: Queryable, before: Date): Promise<MediaId[]> {
  const rows = await db<{ id: MediaId }[]>`
    select id from media where state in ('rejected', 'failed') and completed_at < ${before} order by completed_at limit ${PICTURES_MAX}`;
  return rows.map((row) => row.id);
}
