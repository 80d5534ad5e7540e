import type { UserId } from "@pendo/contract/ids";
import type { LikeOn } from "@pendo/contract/like";
import type { Queryable } from "../ports/db/db.ts";

export interface LikeRow {
  readonly otherId: UserId;
  readonly action: "like" | "superlike";
  readonly comment: string | null;
  readonly commentOn: LikeOn | null;
  readonly likedAt: Date;
}

export interface LikesWanted {
  readonly userId: UserId;
  readonly before: readonly [Date, string] | null;
  readonly limit: number;
}

/** Likes that wait for the user's answer, newest first, without those of profiles that a moderator holds back. */
export async function incoming(sql: Queryable, { userId, before, limit }: LikesWanted): Promise<LikeRow[]> {
  return await sql<LikeRow[]>`
    select liker_id as other_id, action, comment, comment_on, liked_at from likes_inbox
    where liked_id = ${userId} and not exists (select from profiles where user_id = liker_id and held)
      ${before ? sql`and liked_at <= ${before[0]} and (liked_at < ${before[0]} or liker_id > ${before[1]})` : sql``}
    order by liked_at desc, liker_id limit ${limit}`;
}

/** The user's likes that wait for an answer, newest first. */
export async function outgoing(sql: Queryable, { userId, before, limit }: LikesWanted): Promise<LikeRow[]> {
  return await sql<LikeRow[]>`
    select liked_id as other_id, action, comment, comment_on, liked_at from likes_inbox
    where liker_id = ${userId}
      ${before ? sql`and liked_at <= ${before[0]} and (liked_at < ${before[0]} or liked_id > ${before[1]})` : sql``}
    order by liked_at desc, liked_id limit ${limit}`;
}

/** How many likes wait for the user, as the transactions that change them count. */
export async function incomingCount(sql: Queryable, userId: UserId): Promise<number> {
  const rows = await sql<{ likesCount: number }[]>`select likes_count from user_heads where user_id = ${userId}`;
  return rows[0]?.likesCount ?? 0;
}
