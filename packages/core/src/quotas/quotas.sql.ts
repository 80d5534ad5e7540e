import type { UserId } from "@pendo/contract/ids";
import type { QuotaKind } from "@pendo/contract/quotas";
import type { Queryable, Tx } from "../ports/db/db.ts";
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

/** Takes one out of a window; answers false where nothing is left in it. Of many at once, as many get one as there are. */
export async function charge(tx: Tx, userId: UserId, window: QuotaWindow): Promise<boolean> {
  const rows = await tx`
    insert into quota_counters as q (user_id, kind, window_start, used, cap)
    values (${userId}, ${window.kind}, ${window.start}, 1, ${window.cap})
    on conflict (user_id, kind, window_start) do update set used = q.used + 1, cap = excluded.cap where q.used < excluded.cap
    returning 1`;
  return rows.length > 0;
}
