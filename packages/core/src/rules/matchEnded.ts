import type { UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";
import { bothLike, isPair } from "./pair.ts";

/** Whether two users matched once and do not any more: neither ever sees the other again. `userId` is a column. */
export function matchEnded(sql: Queryable, viewerId: UserId, userId: ReturnType<Queryable>) {
  return sql`
    exists (
      select from swipe_pairs where ${isPair(sql, "swipe_pairs", userId, viewerId)} and ${bothLike(sql, "swipe_pairs")}
    ) and not exists (
      select from matches where ${isPair(sql, "matches", userId, viewerId)} and ended_at is null
    )`;
}
