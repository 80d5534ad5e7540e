import type { DecisionSubject, Restriction } from "@pendo/contract/decision";
import type { ConversationId, DecisionId, MatchId, MediaId, UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";
import { notBlocked } from "../rules/notBlocked.ts";
import type { EpochId, LogPosition } from "./cursor.ts";
import type { LogKind } from "../log/log.sql.ts";

export interface UserHead {
  /** The newest revision of the user's log. */
  readonly headRev: number;
  /** The epoch of the database now. */
  readonly epochId: EpochId;
  readonly likes: number;
  readonly unread: number;
}

export interface LogRow {
  readonly kind: LogKind;
  readonly ref: string;
  readonly rev: number;
}

export interface PageWanted {
  readonly userId: UserId;
  /** Null at the beginning. */
  readonly after: LogPosition | null;
  readonly limit: number;
}

export interface Page extends UserHead {
  /** False where this database has no such place: it was issued in a future that a restored backup does not have. */
  readonly valid: boolean;
  readonly entries: LogRow[];
}

/**
 * HOT: a page of a user's log, and where the user stands, in one statement. One row at least: without an entry where nothing changed.
 *
 * A place is valid where the log had its head in the epoch that it names: an epoch's part of a log ends where the user's first entry of a later
 * epoch begins. The first epoch stands for places of the release before, which named none.
 */
export async function page(sql: Queryable, { userId, after, limit }: PageWanted): Promise<Page> {
  const { rev, headRev: reached, epochId: issuedIn } = after ?? { rev: 0, headRev: 0, epochId: null };
  const rows = await sql<(Omit<Page, "entries"> & { [Field in keyof LogRow]: LogRow[Field] | null })[]>`
    select coalesce(h.rev, 0) as head_rev, epoch.id as epoch_id, coalesce(h.likes_count, 0) as likes, coalesce(h.unread_count, 0) as unread,
      ${after === null} or coalesce((
        select ${reached}::bigint <= coalesce((
          select before_rev from user_epochs e where e.user_id = me.user_id and e.epoch_number > issued.number order by e.epoch_number limit 1
        ), h.rev, 0)
        from epochs issued where issued.id = coalesce(${issuedIn}::uuid, (select id from epochs where number = 1))
      ), false) as valid, l.kind, l.ref, l.rev
    from (select ${userId}::uuid as user_id) me
    cross join (select id from epochs order by number desc limit 1) epoch
    left join user_heads h using (user_id)
    left join lateral (
      select kind, ref, rev from user_log where user_id = me.user_id and rev > ${rev} order by rev limit ${limit}
    ) l on true`;
  const [first] = rows;
  if (!first) throw new Error("The database has no epoch.");
  const entries = rows.flatMap(({ kind, ref, rev }) => (kind !== null && ref !== null && rev !== null ? [{ kind, ref, rev }] : []));
  const { headRev, epochId, likes, unread, valid } = first;
  // Sorted here: the database would sort once more for a page that has its order from the index already.
  return { headRev, epochId, likes, unread, valid, entries: entries.sort((x, y) => x.rev - y.rev) };
}

/** Where each user's log stands now. */
export async function standings(sql: Queryable, userIds: readonly UserId[]): Promise<Map<UserId, UserHead>> {
  const rows = await sql<(UserHead & { userId: UserId })[]>`
    select u.user_id, coalesce(h.rev, 0) as head_rev, epoch.id as epoch_id, coalesce(h.likes_count, 0) as likes, coalesce(h.unread_count, 0) as unread
    from unnest(${userIds as UserId[]}::uuid[]) as u (user_id)
    cross join (select id from epochs order by number desc limit 1) epoch
    left join user_heads h using (user_id)`;
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
      and ${notBlocked(sql, sql`me.user_id`, sql`me.other_id`)}`;
}

/** Who of these is matched with the user now. */
export async function matched(sql: Queryable, { userId, ids }: Wanted<string>): Promise<UserId[]> {
  const rows = await sql<{ otherId: UserId }[]>`
    select me.other_id from members me join conversations c on c.id = me.conversation_id
    where me.user_id = ${userId} and me.other_id = any(${ids as string[]}::uuid[]) and c.ended_at is null
      and ${notBlocked(sql, sql`me.user_id`, sql`me.other_id`)}`;
  return rows.map((row) => row.otherId);
}

export interface MediaRow {
  readonly id: MediaId;
  readonly state: "requested" | "uploaded" | "processed" | "visible" | "rejected" | "failed";
}

/** The given pictures that are the user's own, with their state. Deleted ones are left out. */
export async function media(sql: Queryable, { userId, ids }: Wanted<string>): Promise<MediaRow[]> {
  return await sql<MediaRow[]>`select id, state from media where user_id = ${userId} and id = any(${ids as string[]}::uuid[])`;
}

export interface DecisionRow {
  readonly id: DecisionId;
  readonly subjectKind: DecisionSubject;
  readonly subjectId: string;
  readonly restriction: Restriction;
  readonly decidedAt: Date;
}

/** The given decisions that are about the user. */
export async function decisions(sql: Queryable, { userId, ids }: Wanted<string>): Promise<DecisionRow[]> {
  return await sql<DecisionRow[]>`
    select id, subject_kind, subject_id, restriction, decided_at from decisions where user_id = ${userId} and id = any(${ids as string[]}::uuid[])`;
}

export interface BlockRow {
  readonly id: UserId;
  readonly createdAt: Date;
}

/** The given users that this user blocks, with the time; the `id` of a row is the blocked user. */
export async function blocks(sql: Queryable, { userId, ids }: Wanted<string>): Promise<BlockRow[]> {
  return await sql<BlockRow[]>`
    select blocked_id as id, created_at from blocks where blocker_id = ${userId} and blocked_id = any(${ids as string[]}::uuid[])`;
}
