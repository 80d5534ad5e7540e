import type { ReportId, UserId } from "@pendo/contract/ids";
import type { ReportReason } from "@pendo/contract/report";
import type { Queryable } from "../ports/db/db.ts";

/** Who is reported, or null where the report is gone. */
export async function subjectOf(sql: Queryable, reportId: ReportId): Promise<UserId | null> {
  const rows = await sql<{ reportedId: UserId }[]>`select reported_id from reports where id = ${reportId}`;
  return rows[0]?.reportedId ?? null;
}

export interface ReportersQuery {
  readonly userId: UserId;
  readonly reasons: readonly ReportReason[];
  readonly since: Date;
}

/** How many different people reported somebody, without those whose reports a person dismissed. */
export async function reportersOf(sql: Queryable, { userId, reasons, since }: ReportersQuery): Promise<number> {
  const rows = await sql<{ reporters: number }[]>`
    select count(distinct reporter_id)::int as reporters from reports
    where reported_id = ${userId} and reason = any(${reasons as ReportReason[]}) and created_at > ${since} and state <> 'dismissed'`;
  return rows[0]?.reporters ?? 0;
}

/** @returns whether that changed anything. */
export async function setHeld(sql: Queryable, userId: UserId, held: boolean, at: Date): Promise<boolean> {
  const rows = await sql`update profiles set held = ${held}, updated_at = ${at} where user_id = ${userId} and held <> ${held}`;
  return rows.count > 0;
}
