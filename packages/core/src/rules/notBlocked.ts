import type { UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";

/** The id of a user, or a column that holds one. */
type User = UserId | ReturnType<Queryable>;

/** Whether neither of two users has blocked the other. */
export function notBlocked(sql: Queryable, a: User, b: User) {
  // Two conditions rather than one `or`: PostgreSQL then looks both up in the primary key, or joins the table once for many users.
  return sql`(
    not exists (select from blocks where blocker_id = ${a}::uuid and blocked_id = ${b}::uuid)
    and not exists (select from blocks where blocker_id = ${b}::uuid and blocked_id = ${a}::uuid))`;
}
