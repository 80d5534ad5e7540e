import type { ReportId, UserId } from "@pendo/contract/ids";
import type { ReportReason } from "@pendo/contract/report";
import type { Queryable } from "../ports/db/db.ts";
import { isPair } from "../rules/pair.ts";

/** Who is reported, or null where the report is gone. */
export async function subjectOf(sql: Queryable, reportId: ReportId): Promise<UserId | null> {
  const rows = await sql<{ reportedId: UserId }[]>`select reported_id from reports where id = ${reportId}`;
  return rows[0]?.reportedId ?? null;
}

export interface ReportersQuery {
  readonly userId: UserId;
  readonly reasons: readonly ReportReason[];
  readonly since: Date;
  readonly authorAgeMinSec: number;
}

/**
 * How many different users reported this one, without dismissed reports. A report counts where its author's account was old enough when it was
 * written, and the two had had contact: a match, or a swipe of either, which is made on a card that was shown.
 */
export async function reportersOf(sql: Queryable, { userId, reasons, since, authorAgeMinSec }: ReportersQuery): Promise<number> {
  const rows = await sql<{ reporters: number }[]>`
    select count(distinct r.reporter_id)::int as reporters
    from reports r join users author on author.id = r.reporter_id
    where r.reported_id = ${userId} and r.reason = any(${reasons as ReportReason[]}) and r.created_at > ${since} and r.state <> 'dismissed'
      and author.created_at <= r.created_at - make_interval(secs => ${authorAgeMinSec})
      and (
        exists (
          select from matches m
          where ${isPair(sql, "m", sql`r.reporter_id`, sql`r.reported_id`)} and m.created_at <= r.created_at
        )
        or exists (
          select from swipe_pairs s
          where ${isPair(sql, "s", sql`r.reporter_id`, sql`r.reported_id`)}
            and least(s.lo_at, s.hi_at) <= r.created_at
        )
      )`;
  return rows[0]?.reporters ?? 0;
}

/** Hides a profile for a time. @returns whether it was shown until now. */
export async function hold(
  sql: Queryable,
  { userId, until, at }: { readonly userId: UserId; readonly until: Date; readonly at: Date },
): Promise<boolean> {
  const rows = await sql`
    update profiles set held = true, held_until = ${until}, updated_at = ${at} where user_id = ${userId} and not held`;
  return rows.count > 0;
}

/** Takes the end off a hold. */
export async function confirmHold(sql: Queryable, userId: UserId, at: Date): Promise<void> {
  await sql`update profiles set held_until = null, updated_at = ${at} where user_id = ${userId} and held`;
}

/** Ends a hold; with a time, only one that was due by then. @returns whether there was one. */
export async function endHold(sql: Queryable, userId: UserId, at: Date, dueBy?: Date): Promise<boolean> {
  const rows = await sql`
    update profiles set held = false, held_until = null, updated_at = ${at}
    where user_id = ${userId} and held ${dueBy === undefined ? sql`` : sql`and held_until <= ${dueBy}`}`;
  return rows.count > 0;
}

/** Whose holds are due, the longest first. */
export async function dueHolds(sql: Queryable, { at, limit }: { readonly at: Date; readonly limit: number }): Promise<UserId[]> {
  const rows = await sql<{ userId: UserId }[]>`
    select user_id from profiles where held and held_until <= ${at} order by held_until limit ${limit}`;
  return rows.map(({ userId }) => userId);
}
