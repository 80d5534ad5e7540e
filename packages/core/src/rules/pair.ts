import type { UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";

type Sql = ReturnType<Queryable>;
/** The name of a row with the columns `lo` and `hi`. */
type PairRow = "p" | "s" | "sp" | "m" | "swipe_pairs" | "matches";

/** Two users as their row names them, `lo < hi`. `isLo` says whether the first of the two is `lo`. */
export function pairOf(first: UserId, second: UserId): { readonly isLo: boolean; readonly lo: UserId; readonly hi: UserId } {
  const isLo = first < second;
  return { isLo, lo: isLo ? first : second, hi: isLo ? second : first };
}

/** Whether the row is that of these two users. */
export function isPair(sql: Queryable, row: PairRow, a: UserId | Sql, b: UserId | Sql) {
  return sql`(${sql(row)}.lo = least(${a}::uuid, ${b}::uuid) and ${sql(row)}.hi = greatest(${a}::uuid, ${b}::uuid))`;
}

/** The column of a user's own side: what that user answered, or when. The row is one of the user's pairs. */
export function ownSide(sql: Queryable, row: PairRow, user: UserId | Sql, column: "action" | "at") {
  return sql`case when ${sql(row)}.lo = ${user}::uuid then ${sql(`${row}.lo_${column}`)} else ${sql(`${row}.hi_${column}`)} end`;
}

/** The same column of the other user's side. */
export function otherSide(sql: Queryable, row: PairRow, user: UserId | Sql, column: "action" | "at") {
  return sql`case when ${sql(row)}.lo = ${user}::uuid then ${sql(`${row}.hi_${column}`)} else ${sql(`${row}.lo_${column}`)} end`;
}

/** The other user of a pair that a user is in. */
export function otherUser(sql: Queryable, row: PairRow | "daily_pairs", userId: UserId) {
  return sql`case when ${sql(row)}.lo = ${userId}::uuid then ${sql(row)}.hi else ${sql(row)}.lo end`;
}

/** Whether both users of a row of `swipe_pairs` like each other. */
export function bothLike(sql: Queryable, row: PairRow) {
  return sql`(coalesce(${sql(row)}.lo_action, 'pass') <> 'pass' and coalesce(${sql(row)}.hi_action, 'pass') <> 'pass')`;
}

/** The columns of a user's own side and of the other user's, for statements that write one side. */
export function sideColumns(sql: Queryable, isLo: boolean) {
  const [lo, hi] = [
    { action: sql("lo_action"), at: sql("lo_at") },
    { action: sql("hi_action"), at: sql("hi_at") },
  ];
  return isLo ? { own: lo, other: hi } : { own: hi, other: lo };
}
