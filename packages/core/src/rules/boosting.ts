import type { Queryable } from "../ports/db/db.ts";

/** Whether the boost in the row `b` runs at a moment: the clock ends it, whenever the event of its end is written. */
export function boosting(sql: Queryable, at: Date) {
  return sql`(b.ended_at is null and b.until > ${at}::timestamptz)`;
}
