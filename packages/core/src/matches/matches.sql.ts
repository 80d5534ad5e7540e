import type { ConversationId, MatchId, UserId } from "@pendo/contract/ids";
import type { RemovedLike } from "../notifications/withdraw.sql.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { bothLike, isPair, otherUser } from "../rules/pair.ts";

export interface NewMatch {
  readonly matchId: MatchId;
  readonly userIds: readonly [UserId, UserId];
  readonly at: Date;
}

/** Writes the match and empties both inboxes of each other's like; answers the likes that waited. */
export async function insertMatch(tx: Tx, { matchId, userIds: [a, b], at }: NewMatch): Promise<RemovedLike[]> {
  const rows = await tx<RemovedLike[]>`
    with made as (
      insert into matches (id, lo, hi, created_at) values (${matchId}, least(${a}::uuid, ${b}::uuid), greatest(${a}::uuid, ${b}::uuid), ${at})
    )
    delete from likes_inbox where (liked_id, liker_id) in ((${a}, ${b}), (${b}, ${a})) returning liked_id, notification_id`;
  return [...rows];
}

export interface MatchRow {
  readonly id: MatchId;
  readonly conversationId: ConversationId;
  readonly otherId: UserId;
  readonly createdAt: Date;
}

export interface MatchesWanted {
  readonly userId: UserId;
  readonly before: readonly [Date, string] | null;
  readonly limit: number;
}

/** The user's current matches, newest first: one index for each side a user may be on. */
export async function list(sql: Queryable, { userId, before, limit }: MatchesWanted): Promise<MatchRow[]> {
  const after = before ? sql`and created_at <= ${before[0]} and (created_at, id) < (${before[0]}, ${before[1]}::uuid)` : sql``;
  return await sql<MatchRow[]>`
    select m.id, c.id as conversation_id, m.other_id, m.created_at
    from (
      (select id, hi as other_id, created_at from matches where lo = ${userId} and ended_at is null ${after}
       order by created_at desc, id desc limit ${limit})
      union all
      (select id, lo, created_at from matches where hi = ${userId} and ended_at is null ${after}
       order by created_at desc, id desc limit ${limit})
    ) m join conversations c on c.match_id = m.id
    order by m.created_at desc, m.id desc limit ${limit}`;
}

/** A current match of the user. */
export async function find(sql: Queryable, { matchId, userId }: { matchId: MatchId; userId: UserId }): Promise<MatchRow | undefined> {
  const rows = await sql<MatchRow[]>`
    select m.id, c.id as conversation_id, ${otherUser(sql, "m", userId)} as other_id, m.created_at
    from matches m join conversations c on c.match_id = m.id
    where m.id = ${matchId} and ${userId} in (m.lo, m.hi) and m.ended_at is null`;
  return rows[0];
}

export interface EndedRow {
  readonly id: MatchId;
  readonly conversationId: ConversationId;
  readonly lo: UserId;
  readonly hi: UserId;
}

/** Ends a current match of the user; answers undefined where it has ended already, or is not the user's. */
export async function end(
  tx: Tx,
  { matchId, endedBy, at }: { matchId: MatchId; endedBy: UserId; at: Date },
): Promise<EndedRow | undefined> {
  const rows = await tx<EndedRow[]>`
    update matches m set ended_at = ${at}, ended_by = ${endedBy} from conversations c
    where m.id = ${matchId} and ${endedBy} in (m.lo, m.hi) and m.ended_at is null and c.match_id = m.id
    returning m.id, c.id as conversation_id, m.lo, m.hi`;
  return rows[0];
}

/** Whether the match is or was the user's. */
export async function wasOf(sql: Queryable, { matchId, userId }: { matchId: MatchId; userId: UserId }): Promise<boolean> {
  const rows = await sql`select 1 from matches where id = ${matchId} and ${userId} in (lo, hi)`;
  return rows.length > 0;
}

/** Locks the pair's row, made where there was none: every swipe between the two waits for this transaction, and sees what it did. */
export async function lockPair(tx: Tx, a: UserId, b: UserId): Promise<void> {
  await tx`
    insert into swipe_pairs (lo, hi) values (least(${a}::uuid, ${b}::uuid), greatest(${a}::uuid, ${b}::uuid))
    on conflict (lo, hi) do update set lo = excluded.lo`;
}

/** The match of two users, in either order, where it goes on. One that ended does not count. */
export async function currentBetween(tx: Tx, a: UserId, b: UserId): Promise<MatchId | undefined> {
  const rows = await tx<{ id: MatchId }[]>`
    select id from matches where ${isPair(tx, "matches", a, b)} and ended_at is null`;
  return rows[0]?.id;
}

/** Removes the likes between two users for good, from the pair and from their inboxes; answers those that waited. A pair that matched stays as it is. */
export async function removeLikes(tx: Tx, a: UserId, b: UserId): Promise<RemovedLike[]> {
  const rows = await tx<RemovedLike[]>`
    with pair as (
      update swipe_pairs set
        lo_action = case when lo_action = 'pass' then lo_action end, lo_at = case when lo_action = 'pass' then lo_at end,
        hi_action = case when hi_action = 'pass' then hi_action end, hi_at = case when hi_action = 'pass' then hi_at end
      where ${isPair(tx, "swipe_pairs", a, b)} and not ${bothLike(tx, "swipe_pairs")}
    )
    delete from likes_inbox where (liked_id, liker_id) in ((${a}, ${b}), (${b}, ${a})) returning liked_id, notification_id`;
  return [...rows];
}
