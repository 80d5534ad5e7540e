import type { Queryable } from "../ports/db/db.ts";

/** At most so many rows a step: no statement holds locks for long. */
const STEP_MAX = 5000;

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
