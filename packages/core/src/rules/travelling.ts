import type { Queryable } from "../ports/db/db.ts";

/** Whether the travel in the row of this name lasts at a moment: the clock ends it, whenever the event of its end is written. */
export function travelling(sql: Queryable, at: Date, name: "t" | "w" | "visitor" = "t") {
  return sql`(${sql(name)}.ended_at is null and ${sql(name)}.until > ${at}::timestamptz)`;
}
