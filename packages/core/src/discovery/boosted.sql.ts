import type { UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";
import { otherSide } from "../rules/pair.ts";
import { fit, inReach, viewer } from "./eligible.sql.ts";

/** People who were active within a day, fit somebody both ways, and have yet to swipe them, the last active first. */
export async function lookers(
  sql: Queryable,
  { userId, at, limit }: { readonly userId: UserId; readonly at: Date; readonly limit: number },
): Promise<UserId[]> {
  const rows = await sql<{ userId: UserId }[]>`
    with v as materialized (${viewer(sql, userId, at)}), near as materialized (
      ${inReach(
        sql,
        at,
        sql`p.user_id`,
        sql`p.user_id <> v.user_id and ${fit(sql)} and ${otherSide(sql, "s", sql`v.user_id`, "action")} is null`,
      )}
    )
    select user_id from near join users on id = user_id and status = 'active' and last_active_at > ${at}::timestamptz - interval '1 day'
    order by last_active_at desc, user_id limit ${limit}`;
  return rows.map((row) => row.userId);
}
