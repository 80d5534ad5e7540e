import type { UserId } from "@pendo/contract/ids";
import type { QuotaKind } from "@pendo/contract/quotas";
import type { Queryable } from "../ports/db/db.ts";
import type { QuotaWindow } from "./windows.ts";

/** How much of each window is used; a window without a row is untouched. */
export async function usedOf(sql: Queryable, userId: UserId, windows: readonly QuotaWindow[]): Promise<Map<QuotaKind, number>> {
  const rows = await sql<{ kind: QuotaKind; used: number }[]>`
    select kind, used from quota_counters
    join unnest(${windows.map((w) => w.kind)}::text[], ${windows.map((w) => w.start.toISOString())}::timestamptz[]) as w (kind, window_start)
      using (kind, window_start)
    where user_id = ${userId}`;
  return new Map(rows.map((row) => [row.kind, row.used]));
}
