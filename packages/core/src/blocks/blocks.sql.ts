import type { UserId } from "@pendo/contract/ids";
import type { Queryable, Tx } from "../ports/db/db.ts";

/** Whether either has blocked the other. */
export async function blockedBetween(sql: Queryable, a: string, b: string): Promise<boolean> {
  const rows = await sql`select 1 from blocks where (blocker_id, blocked_id) in ((${a}, ${b}), (${b}, ${a})) limit 1`;
  return rows.length > 0;
}

export interface Pair {
  readonly blockerId: UserId;
  readonly blockedId: UserId;
}

/** Whether this is a user whom others may know of: neither deleted nor unknown. */
export async function userExists(sql: Queryable, userId: UserId): Promise<boolean> {
  const rows = await sql`select 1 from users where id = ${userId} and status <> 'deleted'`;
  return rows.length > 0;
}

/** Answers whether the block is new. */
export async function insert(tx: Tx, { blockerId, blockedId }: Pair, at: Date): Promise<boolean> {
  const rows = await tx`
    insert into blocks (blocker_id, blocked_id, created_at) values (${blockerId}, ${blockedId}, ${at})
    on conflict do nothing returning 1`;
  return rows.length > 0;
}

/** Answers whether there was a block to lift. */
export async function remove(tx: Tx, { blockerId, blockedId }: Pair): Promise<boolean> {
  const rows = await tx`delete from blocks where blocker_id = ${blockerId} and blocked_id = ${blockedId} returning 1`;
  return rows.length > 0;
}

/**
 * Takes the likes between two people away, and from the counts of who had received them. The heads of both are locked in the order of their ids,
 * as everywhere, so that no two transactions wait for each other. Answers whose count changed.
 */
export async function removeLikes(tx: Tx, a: UserId, b: UserId): Promise<UserId[]> {
  await tx`select 1 from user_heads where user_id in (${a}, ${b}) order by user_id for no key update`;
  const rows = await tx<{ likedId: UserId }[]>`
    with gone as (
      delete from likes_inbox where (liked_id, liker_id) in ((${a}, ${b}), (${b}, ${a})) returning liked_id
    ), counted as (
      update user_heads set likes_count = greatest(likes_count - 1, 0) from gone where user_id = gone.liked_id
    )
    select liked_id from gone`;
  return rows.map((row) => row.likedId);
}

export interface BlockRow {
  readonly userId: UserId;
  readonly name: string | null;
  readonly createdAt: Date;
}

/** Whom somebody has blocked, newest first. */
export async function list(
  sql: Queryable,
  { blockerId, before, limit }: { blockerId: UserId; before: readonly [Date, string] | null; limit: number },
): Promise<BlockRow[]> {
  return await sql<BlockRow[]>`
    select b.blocked_id as user_id, p.name, b.created_at
    from blocks b left join profiles p on p.user_id = b.blocked_id
    where b.blocker_id = ${blockerId}
      ${before ? sql`and (b.created_at, b.blocked_id) < (${before[0]}, ${before[1]}::uuid)` : sql``}
    order by b.created_at desc, b.blocked_id desc
    limit ${limit}`;
}
