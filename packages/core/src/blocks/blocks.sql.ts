import type { UserId } from "@pendo/contract/ids";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { acceptedName } from "../rules/acceptedName.ts";
import { hasMet } from "../rules/hasMet.ts";
import { notBlocked } from "../rules/notBlocked.ts";

/** Whether either has blocked the other. */
export async function blockedBetween(sql: Queryable, a: UserId, b: UserId): Promise<boolean> {
  const rows = await sql`select 1 where not ${notBlocked(sql, a, b)}`;
  return rows.length > 0;
}

export interface BlockPair {
  readonly blockerId: UserId;
  readonly blockedId: UserId;
}

/** Whether this is a user whom others may know of: neither deleted nor unknown. */
export async function userExists(sql: Queryable, userId: UserId): Promise<boolean> {
  const rows = await sql`select 1 from users where id = ${userId} and status <> 'deleted'`;
  return rows.length > 0;
}

export interface NewBlock extends BlockPair {
  /** Whether the blocker could see the other's card until now. */
  readonly blockerSaw: boolean;
  readonly at: Date;
}

/** Writes a block, of any id. Call it before likes are removed, which tell whether the other had been shown the blocker. @returns whether it is new. */
export async function insert(tx: Tx, { blockerId, blockedId, blockerSaw, at }: NewBlock): Promise<boolean> {
  const rows = await tx`
    insert into blocks (blocker_id, blocked_id, created_at, blocker_saw, blocked_saw)
    values (${blockerId}, ${blockedId}, ${at}, ${blockerSaw}, ${hasMet(tx, blockedId, blockerId)})
    on conflict do nothing returning 1`;
  return rows.length > 0;
}

/** Answers whether there was a block to lift. */
export async function remove(tx: Tx, { blockerId, blockedId }: BlockPair): Promise<boolean> {
  const rows = await tx`delete from blocks where blocker_id = ${blockerId} and blocked_id = ${blockedId} returning 1`;
  return rows.length > 0;
}

export interface BlockRow {
  readonly userId: UserId;
  readonly name: string;
  readonly createdAt: Date;
}

/** The ids that a user has blocked, newest first. A name is there where the blocker could see the user when blocking, and the account still exists. */
export async function list(
  sql: Queryable,
  { blockerId, before, limit }: { blockerId: UserId; before: readonly [Date, string] | null; limit: number },
): Promise<BlockRow[]> {
  return await sql<BlockRow[]>`
    select b.blocked_id as user_id, coalesce(${acceptedName(sql, "p")}, '') as name, b.created_at
    from blocks b
    left join users u on u.id = b.blocked_id and u.status <> 'deleted' and b.blocker_saw
    left join profiles p on p.user_id = u.id
    where b.blocker_id = ${blockerId}
      ${before ? sql`and (b.created_at, b.blocked_id) < (${before[0]}, ${before[1]}::uuid)` : sql``}
    order by b.created_at desc, b.blocked_id desc
    limit ${limit}`;
}
