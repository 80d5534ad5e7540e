import type { SwipeAction } from "@pendo/contract/events";
import type { ConversationId, MatchId, UserId } from "@pendo/contract/ids";
import type { LikeOn } from "@pendo/contract/like";
import type { Queryable, Tx } from "../ports/db/db.ts";
import type { QuotaWindow } from "../quotas/windows.ts";

export interface Swipe {
  readonly swiperId: UserId;
  readonly targetId: UserId;
  readonly action: SwipeAction;
  readonly comment?: string | undefined;
  readonly on?: LikeOn | undefined;
}

/** The columns of the pair's row that are the swiper's, and those that are the other's. */
export function sidesOf(sql: Queryable, { swiperId, targetId }: { readonly swiperId: string; readonly targetId: string }) {
  return swiperId < targetId
    ? { lo: swiperId, hi: targetId, mine: sql`lo_action`, mineAt: sql`lo_at`, theirs: sql`hi_action` }
    : { lo: targetId, hi: swiperId, mine: sql`hi_action`, mineAt: sql`hi_at`, theirs: sql`lo_action` };
}

// Whoever likes the swiper, or is matched, may be answered even while hidden from decks, but not while a moderator has yet to look.
function known(sql: Queryable, { swiperId, targetId }: Swipe) {
  const { lo, hi } = sidesOf(sql, { swiperId, targetId });
  return sql`
    select p.user_id from profiles p join users u on u.id = p.user_id
    where p.user_id = ${targetId}::uuid and u.status = 'active'
      and (
        p.discoverable
        or (not p.held and exists (select from likes_inbox where liked_id = ${swiperId}::uuid and liker_id = ${targetId}::uuid))
        or exists (select from matches where lo = ${lo}::uuid and hi = ${hi}::uuid and ended_at is null)
      )
      and not exists (
        select from blocks
        where (blocker_id, blocked_id) in ((${swiperId}::uuid, ${targetId}::uuid), (${targetId}::uuid, ${swiperId}::uuid))
      )`;
}

function complete(sql: Queryable, { swiperId }: Swipe) {
  return sql`
    select 1 from profiles where user_id = ${swiperId}::uuid and name is not null and birth_date is not null and gender is not null`;
}

export interface Passed {
  readonly known: boolean;
  readonly complete: boolean;
  /** Whether the pair's row is another than before. */
  readonly changed: boolean;
  /** Whether a row existed, so that a like may have to be withdrawn. */
  readonly hadRow: boolean;
}

/** HOT: records a pass. A pair in which both like each other is not touched. */
export async function pass(tx: Tx, swipe: Swipe, at: Date): Promise<Passed> {
  const { swiperId, targetId } = swipe;
  const { lo, hi, mine, mineAt } = sidesOf(tx, swipe);
  const rows = await tx<[Passed]>`
    with target as (${known(tx, swipe)}), me as (${complete(tx, swipe)}), pair as (
      insert into swipe_pairs as p (lo, hi, ${mine}, ${mineAt}) select ${lo}::uuid, ${hi}::uuid, 'pass', ${at}::timestamptz from target, me
      on conflict (lo, hi) do update set ${mine} = excluded.${mine}, ${mineAt} = excluded.${mineAt}
      where p.${mine} is distinct from 'pass' and not ${bothLike(tx)}
      returning xmax::text <> '0' as had_row
    ), last as (
      insert into last_swipes (user_id, target_id, action, quota_window, swiped_at)
      select ${swiperId}::uuid, ${targetId}::uuid, 'pass', null, ${at}::timestamptz from pair
      on conflict (user_id) do update set target_id = excluded.target_id, action = excluded.action, quota_window = null, swiped_at = excluded.swiped_at
    )
    select exists (select from target) as known, exists (select from me) as complete, exists (select from pair) as changed,
      coalesce((select had_row from pair), false) as had_row`;
  return rows[0];
}

const bothLike = (sql: Queryable) =>
  sql`(coalesce(p.lo_action, '') in ('like', 'superlike') and coalesce(p.hi_action, '') in ('like', 'superlike'))`;

export interface Liked {
  readonly known: boolean;
  readonly complete: boolean;
  readonly changed: boolean;
  /** False where the quota was spent: the caller rolls everything back. */
  readonly charged: boolean;
  /** Whether the other likes back: the caller makes the match. */
  readonly mutual: boolean;
  /** After this swipe. */
  readonly likesUsed: number;
  readonly superlikesUsed: number;
}

/**
 * HOT: a like or superlike in one statement: the pair's row, the quota, the newest swipe, the other's inbox with its count and log. The steps depend
 * on each other in this order, so every swipe takes its locks in the same order: pair, quota, newest swipe, inbox, head.
 * Both likes of a pair may arrive at once; the unique row of the pair decides which one comes second and is mutual.
 */
export async function like(tx: Tx, swipe: Swipe, at: Date, windows: { readonly like: QuotaWindow; readonly superlike: QuotaWindow }): Promise<Liked> {
  const { swiperId, targetId, action, comment = null, on } = swipe;
  const { lo, hi, mine, mineAt, theirs } = sidesOf(tx, swipe);
  const window = action === "superlike" ? windows.superlike : windows.like;
  const rows = await tx<[Liked]>`
    with target as (${known(tx, swipe)}), me as (${complete(tx, swipe)}), pair as (
      insert into swipe_pairs as p (lo, hi, ${mine}, ${mineAt})
      select ${lo}::uuid, ${hi}::uuid, ${action}::text, ${at}::timestamptz from target, me
      on conflict (lo, hi) do update set ${mine} = excluded.${mine}, ${mineAt} = excluded.${mineAt}
      where p.${mine} is distinct from excluded.${mine} and p.${mine} is distinct from 'superlike' and not ${bothLike(tx)}
      returning coalesce(p.${theirs} in ('like', 'superlike'), false) as mutual
    ), charge as (
      insert into quota_counters as q (user_id, kind, window_start, used, cap)
      select ${swiperId}::uuid, ${window.kind}::text, ${window.start}::timestamptz, 1, ${window.cap}::int from pair
      on conflict (user_id, kind, window_start) do update set used = q.used + 1, cap = excluded.cap where q.used < excluded.cap
      returning used
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
    ), head as (
      insert into user_heads (user_id, rev, likes_count) select ${targetId}::uuid, 1, added from inbox
      on conflict (user_id) do update set rev = user_heads.rev + 1, likes_count = user_heads.likes_count + excluded.likes_count
      returning rev
    ), logged as (
      insert into user_log (user_id, kind, ref, rev, logged_at)
      select ${targetId}::uuid, 'like', ${swiperId}::uuid, rev, ${at}::timestamptz from head
      on conflict (user_id, kind, ref) do update set rev = excluded.rev, logged_at = excluded.logged_at
    )
    select exists (select from target) as known, exists (select from me) as complete, exists (select from pair) as changed,
      exists (select from last) as charged, coalesce((select mutual from pair), false) as mutual,
      ${used(tx, swiperId, windows.like, window)} as likes_used, ${used(tx, swiperId, windows.superlike, window)} as superlikes_used`;
  return rows[0];
}

function used(tx: Tx, userId: UserId, window: QuotaWindow, charged: QuotaWindow) {
  const stored = tx`
    (select used from quota_counters where user_id = ${userId}::uuid and kind = ${window.kind}::text and window_start = ${window.start}::timestamptz)`;
  return window.kind === charged.kind ? tx`coalesce((select used from charge), ${stored}, 0)` : tx`coalesce(${stored}, 0)`;
}

export interface Standing {
  /** The swiper's own. */
  readonly action: SwipeAction | null;
  readonly bothLike: boolean;
  readonly matchId: MatchId | null;
  readonly conversationId: ConversationId | null;
}

/** How the two stand now, for a swipe that changed nothing. */
export async function standing(tx: Tx, swipe: { readonly swiperId: UserId; readonly targetId: UserId }): Promise<Standing | undefined> {
  const { lo, hi, mine } = sidesOf(tx, swipe);
  const rows = await tx<Standing[]>`
    select p.${mine} as action, ${bothLike(tx)} as both_like, m.id as match_id, c.id as conversation_id
    from swipe_pairs p
    left join matches m on m.lo = p.lo and m.hi = p.hi and m.ended_at is null
    left join conversations c on c.match_id = m.id
    where p.lo = ${lo} and p.hi = ${hi}`;
  return rows[0];
}

/** Takes a like out of the other's inbox; answers whether it was there. The pair's row is locked by the caller. */
export async function withdraw(tx: Tx, { swiperId, targetId }: { readonly swiperId: UserId; readonly targetId: UserId }): Promise<boolean> {
  const rows = await tx`delete from likes_inbox where liked_id = ${targetId} and liker_id = ${swiperId} returning 1`;
  return rows.length > 0;
}

/** Whether what a comment is about belongs to the profile, as others see it. */
export async function isOnProfile(tx: Tx, targetId: UserId, on: LikeOn): Promise<boolean> {
  const rows =
    "promptId" in on
      ? await tx`select 1 from prompts where id = ${on.promptId} and user_id = ${targetId}`
      : await tx`select 1 from media where id = ${on.mediaId} and user_id = ${targetId} and kind = 'photo' and state = 'visible'`;
  return rows.length > 0;
}
