import type { SwipeAction } from "@pendo/contract/events";
import type { ConversationId, MatchId, UserId } from "@pendo/contract/ids";
import type { LikeOn } from "@pendo/contract/like";
import type { RemovedLike } from "../notifications/withdraw.sql.ts";
import { hotLogging } from "../log/log.sql.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import type { QuotaWindow } from "../quotas/windows.ts";
import { hasIdentity } from "../rules/completeProfile.ts";
import { utcDay } from "../rules/day.ts";
import { notBlocked } from "../rules/notBlocked.ts";
import { bothLike, isPair, ownSide, pairOf, sideColumns } from "../rules/pair.ts";

export interface Swipe {
  readonly swiperId: UserId;
  readonly targetId: UserId;
  readonly action: SwipeAction;
  readonly comment?: string | undefined;
  readonly on?: LikeOn | undefined;
}

/**
 * The two CTEs that every swipe begins with: `target` has a row where the target may be swiped on, `me` where the swiper's profile is complete.
 * A user who likes the swiper, or is matched, may be answered even while hidden from decks, but not while a moderator has yet to look.
 */
function targetAndMe(sql: Queryable, { swiperId, targetId }: Swipe) {
  return sql`
    target as (
      select p.user_id from profiles p join users u on u.id = p.user_id
      where p.user_id = ${targetId}::uuid and u.status = 'active'
        and (
          p.discoverable
          or (not p.held and exists (select from likes_inbox where liked_id = ${swiperId}::uuid and liker_id = ${targetId}::uuid))
          or exists (select from matches where ${isPair(sql, "matches", swiperId, targetId)} and ended_at is null)
        )
        and ${notBlocked(sql, swiperId, targetId)}
    ), me as (
      select from profiles where user_id = ${swiperId}::uuid and ${hasIdentity(sql, "profiles")}
    )`;
}

/** The beginning of the insert that succeeds for the first like of this user that is taken back from this target on a day in UTC. */
export function onceADay(sql: Queryable, { swiperId, targetId }: Pick<Swipe, "swiperId" | "targetId">, at: Date) {
  return sql`
      insert into quota_refunds (user_id, target_id, refunded_on)
      select ${swiperId}::uuid, ${targetId}::uuid, ${utcDay(sql, at)}`;
}

export interface Windows {
  readonly like: QuotaWindow;
  readonly superlike: QuotaWindow;
}

interface Taken {
  readonly known: boolean;
  readonly complete: boolean;
  /** Whether the pair's row is another than before. */
  readonly changed: boolean;
  /** After this swipe. */
  readonly likesUsed: number;
  readonly superlikesUsed: number;
}

export interface Passed extends Taken {
  /** Whether a row existed, so that a like may have to be withdrawn. */
  readonly hadRow: boolean;
}

/**
 * HOT: records a pass. A pair in which both like each other is not touched. A like of the running window that the pass takes back returns its cost, once
 * per target and day.
 */
export async function pass(tx: Tx, swipe: Swipe, at: Date, windows: Windows): Promise<Passed> {
  const { swiperId, targetId } = swipe;
  const { lo, hi, isLo } = pairOf(swiperId, targetId);
  const { own } = sideColumns(tx, isLo);
  const rows = await tx<[Passed]>`
    with ${targetAndMe(tx, swipe)}, pair as (
      insert into swipe_pairs as p (lo, hi, ${own.action}, ${own.at})
      select ${lo}::uuid, ${hi}::uuid, 'pass', ${at}::timestamptz from target, me
      on conflict (lo, hi) do update set ${own.action} = excluded.${own.action}, ${own.at} = excluded.${own.at}
      where p.${own.action} is distinct from 'pass' and not ${bothLike(tx, "p")}
      returning xmax::text <> '0' as had_row
    ), taken_back as (
      select action, window_start from pair, likes_inbox, lateral (
        select case action when 'superlike' then ${windows.superlike.start}::timestamptz else ${windows.like.start}::timestamptz end as window_start
      ) w
      where pair.had_row and liked_id = ${targetId}::uuid and liker_id = ${swiperId}::uuid and liked_at >= window_start
    ), once as (
      ${onceADay(tx, swipe, at)} from taken_back
      on conflict do nothing returning 1
    ), refund as (
      update quota_counters q set used = q.used - 1 from taken_back b, once
      where q.user_id = ${swiperId}::uuid and q.kind = b.action and q.window_start = b.window_start and q.used > 0
      returning q.kind, q.used
    ), last as (
      -- The join makes PostgreSQL lock the quota before the newest swipe, as a like does.
      insert into last_swipes (user_id, target_id, action, quota_window, swiped_at)
      select ${swiperId}::uuid, ${targetId}::uuid, 'pass', null, ${at}::timestamptz from pair left join refund on true
      on conflict (user_id) do update set target_id = excluded.target_id, action = excluded.action, quota_window = null, swiped_at = excluded.swiped_at
    )
    select exists (select from target) as known, exists (select from me) as complete, exists (select from pair) as changed,
      coalesce((select had_row from pair), false) as had_row,
      coalesce((select used from refund where kind = 'like'), (select used from quota_counters
        where user_id = ${swiperId}::uuid and kind = 'like' and window_start = ${windows.like.start}::timestamptz), 0) as likes_used,
      coalesce((select used from refund where kind = 'superlike'), (select used from quota_counters
        where user_id = ${swiperId}::uuid and kind = 'superlike' and window_start = ${windows.superlike.start}::timestamptz), 0) as superlikes_used`;
  return rows[0];
}

export interface Liked extends Taken {
  /** False where the quota was spent: the caller rolls everything back. */
  readonly charged: boolean;
  /** Whether the other likes back: the caller makes the match. */
  readonly mutual: boolean;
}

/**
 * HOT: a like or superlike in one statement: the pair's row, the quota, the newest swipe, the other's inbox with its count and log. The steps depend
 * on each other in this order, so every swipe takes its locks in the same order: pair, quota, newest swipe, inbox, head.
 * Both likes of a pair may arrive at once; the unique row of the pair decides which one comes second and is mutual.
 */
export async function like(tx: Tx, swipe: Swipe, at: Date, windows: Windows): Promise<Liked> {
  const { swiperId, targetId, action, comment = null, on } = swipe;
  const { lo, hi, isLo } = pairOf(swiperId, targetId);
  const { own } = sideColumns(tx, isLo);
  const window = action === "superlike" ? windows.superlike : windows.like;
  const rows = await tx<[Liked]>`
    with ${targetAndMe(tx, swipe)}, pair as (
      insert into swipe_pairs as p (lo, hi, ${own.action}, ${own.at})
      select ${lo}::uuid, ${hi}::uuid, ${action}::text, ${at}::timestamptz from target, me
      on conflict (lo, hi) do update set ${own.action} = excluded.${own.action}, ${own.at} = excluded.${own.at}
      where coalesce(p.${own.action}, 'pass') not in ('superlike', ${action}::text) and not ${bothLike(tx, "p")}
      returning ${bothLike(tx, "p")} as mutual
    ), charge as (
      insert into quota_counters as q (user_id, kind, window_start, used, cap)
      select ${swiperId}::uuid, ${window.kind}::text, ${window.start}::timestamptz, 1, ${window.cap}::int from pair
      on conflict (user_id, kind, window_start) do update set used = q.used + 1, cap = excluded.cap where q.used < excluded.cap
      returning kind, used
    ), last as (
      insert into last_swipes (user_id, target_id, action, quota_window, swiped_at)
      select ${swiperId}::uuid, ${targetId}::uuid, ${action}::text, ${window.start}::timestamptz, ${at}::timestamptz from charge
      on conflict (user_id) do update set target_id = excluded.target_id, action = excluded.action, quota_window = excluded.quota_window,
        swiped_at = excluded.swiped_at
      returning 1
    ), inbox as (
      insert into likes_inbox (liked_id, liker_id, action, comment, comment_on, liked_at)
      select ${targetId}::uuid, ${swiperId}::uuid, ${action}::text, ${comment}::text, ${on ? tx.json({ ...on }) : null}::jsonb, ${at}::timestamptz
      from pair, last where not pair.mutual
      on conflict (liked_id, liker_id) do update set action = excluded.action, liked_at = excluded.liked_at,
        comment = coalesce(excluded.comment, likes_inbox.comment), comment_on = coalesce(excluded.comment_on, likes_inbox.comment_on)
      returning (xmax::text = '0')::int as added
    ), entry as (
      select ${targetId}::uuid as user_id, 'like' as kind, ${swiperId}::uuid as ref, 0 as place, added as likes, 0 as unread from inbox
    ), ${hotLogging(tx, at)}
    select exists (select from target) as known, exists (select from me) as complete, exists (select from pair) as changed,
      exists (select from last) as charged, coalesce((select mutual from pair), false) as mutual,
      coalesce((select used from charge where kind = 'like'), (select used from quota_counters
        where user_id = ${swiperId}::uuid and kind = 'like' and window_start = ${windows.like.start}::timestamptz), 0) as likes_used,
      coalesce((select used from charge where kind = 'superlike'), (select used from quota_counters
        where user_id = ${swiperId}::uuid and kind = 'superlike' and window_start = ${windows.superlike.start}::timestamptz), 0) as superlikes_used`;
  return rows[0];
}

export interface PairState {
  /** The swiper's own. */
  readonly action: SwipeAction | null;
  readonly bothLike: boolean;
  readonly matchId: MatchId | null;
  readonly conversationId: ConversationId | null;
}

/** How the two stand now, for a swipe that changed nothing. */
export async function pairState(tx: Tx, swipe: { readonly swiperId: UserId; readonly targetId: UserId }): Promise<PairState | undefined> {
  const { swiperId, targetId } = swipe;
  const rows = await tx<PairState[]>`
    select ${ownSide(tx, "p", swiperId, "action")} as action, ${bothLike(tx, "p")} as both_like, m.id as match_id, c.id as conversation_id
    from swipe_pairs p
    left join matches m on m.lo = p.lo and m.hi = p.hi and m.ended_at is null
    left join conversations c on c.match_id = m.id
    where ${isPair(tx, "p", swiperId, targetId)}`;
  return rows[0];
}

/** Takes a like out of the other's inbox; undefined where there was none. The pair's row is locked by the caller. */
export async function withdraw(
  tx: Tx,
  { swiperId, targetId }: { readonly swiperId: UserId; readonly targetId: UserId },
): Promise<RemovedLike | undefined> {
  const [removed] = await tx<RemovedLike[]>`
    delete from likes_inbox where liked_id = ${targetId} and liker_id = ${swiperId} returning liked_id, notification_id`;
  return removed;
}

/** Whether what a comment is about belongs to the profile, as others see it. */
export async function isOnProfile(tx: Tx, targetId: UserId, on: LikeOn): Promise<boolean> {
  const rows =
    "promptId" in on
      ? await tx`select 1 from prompts where id = ${on.promptId} and user_id = ${targetId}`
      : await tx`select 1 from media where id = ${on.mediaId} and user_id = ${targetId} and kind = 'photo' and state = 'visible'`;
  return rows.length > 0;
}
