import type { Queryable } from "../ports/db/db.ts";

/** The name of the profile in the row of this name that others may see: the newest that passed moderation; null where none has. */
export function acceptedName(sql: Queryable, row: "p" | "o") {
  const profile = sql(row);
  return sql`case when ${profile}.text_state = 'visible' then ${profile}.name else ${profile}.shown_name end`;
}
