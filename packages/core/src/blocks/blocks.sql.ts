import type { UserId } from "@pendo/contract/ids";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { acceptedName } from "../rules/acceptedName.ts";

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

/** Writes a block, of a user that others may know of. @returns whether it is new. */
export async function insert(tx: Tx, { blockerId, blockedId }: Pair, at: Date): Promise<boolean> {
  const rows = await tx`
    insert into blocks (blocker_id, blocked_id, created_at)
    select ${blockerId}::uuid, id, ${at} from users where id = ${blockedId} and status <> 'deleted'
    on conflict do nothing returning 1`;
  return rows.length > 0;
}

/** Answers whether there was a block to lift. */
export async function remove(tx: Tx, { blockerId, blockedId }: Pair): Promise<boolean> {
  const rows = await tx`delete from blocks where blocker_id = ${blockerId} and blocked_id = ${blockedId} returning 1`;
  return rows.length > 0;
}

export interface BlockRow {
  readonly userId: UserId;
  readonly name: string;
  readonly createdAt: Date;
}

/** Whom somebody has blocked, newest first. */
export async function list(
  sql: Queryable,
  { blockerId, before, limit }: { blockerId: UserId; before: readonly [Date, string] | null; limit: number },
): Promise<BlockRow[]> {
  return await sql<BlockRow[]>`
    select b.blocked_id as user_id, coalesce(${acceptedName(sql, "p")}, '') as name, b.created_at
    from blocks b left join profiles p on p.user_id = b.blocked_id
    where b.blocker_id = ${blockerId}
      ${before ? sql`and (b.created_at, b.blocked_id) < (${before[0]}, ${before[1]}::uuid)` : sql``}
    order by b.created_at desc, b.blocked_id desc
    limit ${limit}`;
}
