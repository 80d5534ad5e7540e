import type { ConversationId, DecisionId, MatchId, MediaId, UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";
import type { LogKind } from "./log.ts";

export interface Standing {
  /** The newest revision of the user's log. */
  readonly headRev: number;
  readonly likes: number;
  readonly unread: number;
}

export interface LogRow {
  readonly kind: LogKind;
  readonly ref: string;
  readonly rev: number;
}

/** HOT: a page of a user's log, and where the user stands, in one statement. One row at least: without an entry where nothing changed. */
export async function page(
  sql: Queryable,
  { userId, afterRev, limit }: { userId: UserId; afterRev: number; limit: number },
): Promise<Standing & { readonly entries: LogRow[] }> {
  const rows = await sql<(Standing & { [Field in keyof LogRow]: LogRow[Field] | null })[]>`
    select coalesce(h.rev, 0) as head_rev, coalesce(h.likes_count, 0) as likes, coalesce(h.unread_count, 0) as unread, l.kind, l.ref, l.rev
    from (select ${userId}::uuid as user_id) me
    left join user_heads h using (user_id)
    left join lateral (
      select kind, ref, rev from user_log where user_id = me.user_id and rev > ${afterRev} order by rev limit ${limit}
    ) l on true`;
  const [{ headRev, likes, unread } = { headRev: 0, likes: 0, unread: 0 }] = rows;
  const entries = rows.flatMap(({ kind, ref, rev }) => (kind !== null && ref !== null && rev !== null ? [{ kind, ref, rev }] : []));
  // Sorted here: the database would sort once more for a page that has its order from the index already.
  return { headRev, likes, unread, entries: entries.sort((x, y) => x.rev - y.rev) };
}

/** The newest revision of each user's log. */
export async function headRevs(sql: Queryable, userIds: readonly UserId[]): Promise<Map<UserId, Standing>> {
  const rows = await sql<(Standing & { userId: UserId })[]>`
    select user_id, rev as head_rev, likes_count as likes, unread_count as unread from user_heads where user_id = any(${userIds as UserId[]}::uuid[])`;
  return new Map(rows.map(({ userId, ...standing }) => [userId, standing]));
}

interface Wanted<Id> {
  readonly userId: UserId;
  readonly ids: readonly Id[];
}

export interface MatchRow {
  readonly id: MatchId;
  readonly conversationId: ConversationId;
  readonly otherId: UserId;
  readonly createdAt: Date;
}

/** The user's matches among these that have not ended, with nobody blocked. */
export async function matches(sql: Queryable, { userId, ids }: Wanted<string>): Promise<MatchRow[]> {
  return await sql<MatchRow[]>`
    select m.id, c.id as conversation_id, me.other_id, m.created_at
    from matches m
    join conversations c on c.match_id = m.id and c.ended_at is null
    join members me on me.conversation_id = c.id and me.user_id = ${userId}
    where m.id = any(${ids as string[]}::uuid[]) and m.ended_at is null
      and not exists (
        select from blocks where (blocker_id, blocked_id) in ((me.user_id, me.other_id), (me.other_id, me.user_id))
      )`;
}

/** Who of these is matched with the user now. */
export async function matched(sql: Queryable, { userId, ids }: Wanted<string>): Promise<UserId[]> {
  const rows = await sql<{ otherId: UserId }[]>`
    select me.other_id from members me join conversations c on c.id = me.conversation_id
    where me.user_id = ${userId} and me.other_id = any(${ids as string[]}::uuid[]) and c.ended_at is null
      and not exists (
        select from blocks where (blocker_id, blocked_id) in ((me.user_id, me.other_id), (me.other_id, me.user_id))
      )`;
  return rows.map((row) => row.otherId);
}

export interface MediaRow {
  readonly id: MediaId;
  readonly state: "requested" | "uploaded" | "processed" | "visible" | "rejected" | "failed";
}

export async function media(sql: Queryable, { userId, ids }: Wanted<string>): Promise<MediaRow[]> {
  return await sql<MediaRow[]>`select id, state from media where user_id = ${userId} and id = any(${ids as string[]}::uuid[])`;
}

export interface DecisionRow {
  readonly id: DecisionId;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly restriction: string;
  readonly decidedAt: Date;
}

export async function decisions(sql: Queryable, { userId, ids }: Wanted<string>): Promise<DecisionRow[]> {
  return await sql<DecisionRow[]>`
    select id, subject_kind, subject_id, restriction, decided_at from decisions where user_id = ${userId} and id = any(${ids as string[]}::uuid[])`;
}

export interface BlockRow {
  readonly id: UserId;
  readonly createdAt: Date;
}

export async function blocks(sql: Queryable, { userId, ids }: Wanted<string>): Promise<BlockRow[]> {
  return await sql<BlockRow[]>`
    select blocked_id as id, created_at from blocks where blocker_id = ${userId} and blocked_id = any(${ids as string[]}::uuid[])`;
}
