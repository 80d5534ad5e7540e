import type { UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";
import { isPair, ownSide } from "./pair.ts";

/** Whether the viewer has certainly been shown the user: the two matched once, or the viewer swiped on the card. */
export function hasMet(sql: Queryable, viewerId: UserId, userId: UserId) {
  return sql`(
    exists (select from matches where ${isPair(sql, "matches", viewerId, userId)})
    or exists (
      select from swipe_pairs
      where ${isPair(sql, "swipe_pairs", viewerId, userId)} and ${ownSide(sql, "swipe_pairs", viewerId, "action")} is not null
    )
  )`;
}
