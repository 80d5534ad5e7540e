import type { MediaId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";

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

export async function activeDays(db: Queryable, before: Date): Promise<number> {
  return (
    await db`
    delete from active_days where (day, user_id) in (
      select day, user_id from active_days where day < (${before}::timestamptz at time zone 'UTC')::date limit ${STEP_MAX}
    )`
  ).count;
}

export async function metricDays(db: Queryable, before: Date): Promise<number> {
  return (
    await db`
    delete from metric_days where (day, name) in (
      select day, name from metric_days where day < (${before}::timestamptz at time zone 'UTC')::date limit ${STEP_MAX}
    )`
  ).count;
}

/** Pictures that were refused, or could not be read, and were completed before then. */
export async function refusedPictures(db: Queryable, before: Date): Promise<MediaId[]> {
  const rows = await db<{ id: MediaId }[]>`
    select id from media where state in ('rejected', 'failed') and completed_at < ${before} order by completed_at limit ${PICTURES_MAX}`;
  return rows.map((row) => row.id);
}
