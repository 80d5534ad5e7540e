import type { MediaId, UserId } from "@pendo/contract/ids";
import type { Tx } from "../ports/db/db.ts";

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
 * Notes in each user's log that something changed, in the transaction that changed it. A change of the same object moves its entry to the newest
 * revision, so a log is never longer than what there is to sync. At most one entry per user and call.
 */
export async function append(tx: Tx, entries: readonly LogEntry[], at: Date): Promise<void> {
  // Heads are locked in the order of user ids, so that two transactions over the same two people cannot wait for each other.
  const sorted = entries.toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
  await tx`
    with entry as (
      select * from unnest(${sorted.map((e) => e.userId)}::uuid[], ${sorted.map((e) => e.kind)}::text[], ${sorted.map((e) => e.ref)}::uuid[],
        ${sorted.map((e) => e.likes ?? 0)}::int[]) as e (user_id, kind, ref, likes)
    ), head as (
      insert into user_heads (user_id, rev, likes_count)
      select user_id, 1, greatest(likes, 0) from entry order by user_id
      on conflict (user_id) do update set rev = user_heads.rev + 1,
        likes_count = user_heads.likes_count + (select likes from entry where entry.user_id = excluded.user_id)
      returning user_id, rev
    )
    insert into user_log (user_id, kind, ref, rev, logged_at)
    select user_id, entry.kind, entry.ref, head.rev, ${at} from entry join head using (user_id)
    on conflict (user_id, kind, ref) do update set rev = excluded.rev, logged_at = excluded.logged_at`;
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

/** So many matches, those of the newest activity, learn of a changed card by themselves; further ones see it when they next look. */
const MATCHES_TOLD_MAX = 1000;

/**
 * Notes a change in the user's own log and, in those of the user's matches, that the user's card changed, in the transaction that changed it. It
 * takes all heads in their order, so the transaction holds none of them yet; one that it has taken here it may append to again.
 */
export async function appendWithMatches(tx: Tx, { userId, kind, ref }: Omit<LogEntry, "likes">, at: Date): Promise<void> {
  await tx`
    with matched as (
      select m.other_id from members m join conversations c on c.id = m.conversation_id and c.ended_at is null
      where m.user_id = ${userId} order by m.active_at desc limit ${MATCHES_TOLD_MAX}
    ), entry as (
      select ${userId}::uuid as user_id, ${kind}::text as kind, ${ref}::uuid as ref
      union all select other_id, 'profile', ${userId}::uuid from matched
    ), head as (
      insert into user_heads (user_id, rev) select user_id, 1 from entry order by user_id
      on conflict (user_id) do update set rev = user_heads.rev + 1
      returning user_id, rev
    )
    insert into user_log (user_id, kind, ref, rev, logged_at)
    select user_id, entry.kind, entry.ref, head.rev, ${at} from entry join head using (user_id)
    on conflict (user_id, kind, ref) do update set rev = excluded.rev, logged_at = excluded.logged_at`;
}

/** Notes in both members' logs that the messages that show this picture changed: to be called before it is deleted, with no head held. */
export async function appendMessagesOf(tx: Tx, mediaId: MediaId, at: Date): Promise<void> {
  await tx`
    with entry as (
      select m.user_id, s.id as ref, row_number() over (partition by m.user_id order by s.id) as place
      from messages s join members m on m.conversation_id = s.conversation_id where s.media_id = ${mediaId}
    ), head as (
      insert into user_heads (user_id, rev) select user_id, count(*) from entry group by user_id order by user_id
      on conflict (user_id) do update set rev = user_heads.rev + excluded.rev
      returning user_id, rev
    ), counted as (
      select user_id, count(*) as number from entry group by user_id
    )
    insert into user_log (user_id, kind, ref, rev, logged_at)
    select user_id, 'message', entry.ref, head.rev - counted.number + entry.place, ${at}
    from entry join head using (user_id) join counted using (user_id)
    on conflict (user_id, kind, ref) do update set rev = excluded.rev, logged_at = excluded.logged_at`;
}
