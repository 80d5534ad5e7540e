import type { MediaId, UserId } from "@pendo/contract/ids";
import type { Queryable, Tx } from "../ports/db/db.ts";

export type LogKind = "match" | "conversation" | "message" | "like" | "profile" | "media" | "notification" | "decision" | "block";

export interface LogEntry {
  readonly userId: UserId;
  readonly kind: LogKind;
  /** The id of what changed. */
  readonly ref: string;
  /** By how much the user's count of waiting likes changes with it. */
  readonly likes?: number;
}

/**
 * The CTEs that write the CTE `entry` before them to the logs of its users: at most one row for each user, kind and ref, with the columns
 * `user_id`, `kind`, `ref`, `place` (the order within a user's rows), and by how much the counts `likes` and `unread` of the user change.
 * They are the one place where a head moves: all heads of a statement are locked in the order of user ids, so that two transactions over the
 * same two users cannot wait for each other.
 */
export function logging(sql: Queryable, at: Date) {
  return sql`
    bump as (
      select user_id, count(*) as entries, sum(likes)::int as likes, sum(unread)::int as unread from entry group by user_id
    ), lowered as (
      -- What an insert cannot carry: the counts of a row are never below zero.
      select user_id, -least(likes, 0) as likes, -least(unread, 0) as unread from bump where likes < 0 or unread < 0
    ), head as (
      insert into user_heads (user_id, rev, likes_count, unread_count)
      select user_id, entries, greatest(likes, 0), greatest(unread, 0) from bump order by user_id
      on conflict (user_id) do update set rev = user_heads.rev + excluded.rev,
        likes_count = user_heads.likes_count + excluded.likes_count
          - coalesce((select likes from lowered where lowered.user_id = excluded.user_id), 0),
        unread_count = user_heads.unread_count + excluded.unread_count
          - coalesce((select unread from lowered where lowered.user_id = excluded.user_id), 0)
      returning user_id, rev
    ), logged as (
      insert into user_log (user_id, kind, ref, rev, logged_at)
      select user_id, entry.kind, entry.ref, head.rev - bump.entries + row_number() over (partition by user_id order by entry.place),
        ${at}::timestamptz
      from entry join bump using (user_id) join head using (user_id)
      on conflict (user_id, kind, ref) do update set rev = excluded.rev, logged_at = excluded.logged_at
    )`;
}

/** The same in fewer steps, for hot statements: `entry` has one row for each user, and no count falls. */
export function hotLogging(sql: Queryable, at: Date) {
  return sql`
    head as (
      insert into user_heads (user_id, rev, likes_count, unread_count)
      select user_id, 1, likes, unread from entry order by user_id
      on conflict (user_id) do update set rev = user_heads.rev + 1, likes_count = user_heads.likes_count + excluded.likes_count,
        unread_count = user_heads.unread_count + excluded.unread_count
      returning user_id, rev
    ), logged as (
      insert into user_log (user_id, kind, ref, rev, logged_at)
      select user_id, entry.kind, entry.ref, head.rev, ${at}::timestamptz from entry join head using (user_id)
      on conflict (user_id, kind, ref) do update set rev = excluded.rev, logged_at = excluded.logged_at
    )`;
}

/**
 * Writes entries to the logs of their users, in the transaction that made the changes. A change of the same object moves its entry to the newest
 * revision, so a log is never longer than what there is to sync. At most one entry per user, kind and ref.
 */
export async function append(tx: Tx, entries: readonly LogEntry[], at: Date): Promise<void> {
  if (entries.length === 0) return;
  await tx`
    with entry as (
      select user_id, kind, ref, place, likes, 0 as unread
      from unnest(${entries.map((e) => e.userId)}::uuid[], ${entries.map((e) => e.kind)}::text[], ${entries.map((e) => e.ref)}::uuid[],
        ${entries.map((e) => e.likes ?? 0)}::int[]) with ordinality as e (user_id, kind, ref, likes, place)
    ), ${logging(tx, at)}
    select`;
}

/**
 * Holds the heads of several users until the transaction ends, in the order of their ids. For a transaction that appends more than once: its
 * second entry must not wait for a head while it holds another.
 */
export async function lockHeads(tx: Tx, userIds: readonly UserId[]): Promise<void> {
  await tx`
    insert into user_heads (user_id) select user_id from unnest(${userIds as UserId[]}::uuid[]) as u (user_id) order by user_id
    on conflict (user_id) do update set rev = user_heads.rev`;
}

/** How many matches of a user, those of the newest activity, get an entry for a changed card. Further ones see it when they next look. */
const NOTIFIED_MATCHES_MAX = 1000;

/**
 * Writes each change to its user's own log and, to those of the user's matches, that the user's card changed, in the transaction of the change. It
 * takes all heads in their order, so the transaction holds none of them yet; one that it has taken here it may append to again.
 */
export async function appendWithMatches(tx: Tx, changes: readonly Omit<LogEntry, "likes">[], at: Date): Promise<void> {
  await tx`
    with changed as (
      select user_id, kind, ref
      from unnest(${changes.map((c) => c.userId)}::uuid[], ${changes.map((c) => c.kind)}::text[], ${changes.map((c) => c.ref)}::uuid[])
        as c (user_id, kind, ref)
    ), entry as (
      select user_id, kind, ref, 0 as place, 0 as likes, 0 as unread from changed
      union all
      select matched.other_id, 'profile', changed.user_id, 1, 0, 0 from changed cross join lateral (
        select m.other_id from members m join conversations c on c.id = m.conversation_id and c.ended_at is null
        where m.user_id = changed.user_id order by m.active_at desc limit ${NOTIFIED_MATCHES_MAX}
      ) matched
    ), ${logging(tx, at)}
    select`;
}

/** Writes to both members' logs that the messages that show this picture changed: call it before the picture is deleted, with no head held. */
export async function appendMessagesOf(tx: Tx, mediaId: MediaId, at: Date): Promise<void> {
  await tx`
    with entry as (
      select m.user_id, 'message' as kind, s.id as ref, s.id as place, 0 as likes, 0 as unread
      from messages s join members m on m.conversation_id = s.conversation_id where s.media_id = ${mediaId}
    ), ${logging(tx, at)}
    select`;
}
