import type { SwipeAction } from "@pendo/contract/events";
import type { NotificationId, UserId } from "@pendo/contract/ids";
import type { Tx } from "../ports/db/db.ts";
import type { QuotaWindow } from "../quotas/windows.ts";
import { bothLike, isPair, pairOf, sideColumns } from "../rules/pair.ts";
import { onceADay } from "./swipes.sql.ts";

export interface LastSwipe {
  readonly targetId: UserId;
  readonly action: SwipeAction;
  readonly swipedAt: Date;
}

/** The newest swipe, not locked: the pair's row comes first in the order of locks. */
export async function lastSwipe(tx: Tx, swiperId: UserId): Promise<LastSwipe | undefined> {
  const rows = await tx<LastSwipe[]>`select target_id, action, swiped_at from last_swipes where user_id = ${swiperId}`;
  return rows[0];
}

/** Locks the pair's row and empties the swiper's side; answers false where it no longer holds that swipe, or both like each other. */
export async function unswipe(tx: Tx, swiperId: UserId, { targetId, action, swipedAt }: LastSwipe): Promise<boolean> {
  const { own } = sideColumns(tx, pairOf(swiperId, targetId).isLo);
  const rows = await tx`
    update swipe_pairs set ${own.action} = null, ${own.at} = null
    where ${isPair(tx, "swipe_pairs", swiperId, targetId)} and ${own.action} = ${action} and ${own.at} = ${swipedAt}
      and not ${bothLike(tx, "swipe_pairs")}
    returning 1`;
  return rows.length > 0;
}

export interface Rewound {
  /** False where no rewind was left. */
  readonly charged: boolean;
  /** False where another swipe or rewind came between: nothing of this transaction may stay. */
  readonly wasLast: boolean;
  readonly hadLike: boolean;
  /** The notification that spoke of the like. */
  readonly notificationId: NotificationId | null;
}

/**
 * Charges the rewind, forgets the swipe as the newest, and takes the like out of the other's inbox. What the like cost comes back once per target and
 * day.
 */
export async function settleRewind(
  tx: Tx,
  swiperId: UserId,
  last: LastSwipe,
  { window, at }: { window: QuotaWindow; at: Date },
): Promise<Rewound> {
  const { targetId, swipedAt } = last;
  const rows = await tx<[Rewound]>`
    with charge as (
      insert into quota_counters as q (user_id, kind, window_start, used, cap)
      values (${swiperId}, ${window.kind}, ${window.start}, 1, ${window.cap})
      on conflict (user_id, kind, window_start) do update set used = q.used + 1, cap = excluded.cap where q.used < excluded.cap
      returning 1
    ), spent as (
      select action, quota_window from last_swipes, charge where user_id = ${swiperId} and target_id = ${targetId} and swiped_at = ${swipedAt}
    ), once as (
      ${onceADay(tx, { swiperId, targetId }, at)} from spent where action <> 'pass'
      on conflict do nothing returning 1
    ), refund as (
      update quota_counters q set used = q.used - 1 from spent, once
      where q.user_id = ${swiperId} and q.kind = spent.action and q.window_start = spent.quota_window and q.used > 0
      returning 1
    ), forgotten as (
      -- The join makes PostgreSQL lock the quota before the newest swipe, as a like does.
      delete from last_swipes using charge left join refund on true
      where user_id = ${swiperId} and target_id = ${targetId} and swiped_at = ${swipedAt}
      returning 1
    ), inbox as (
      delete from likes_inbox where liked_id = ${targetId} and liker_id = ${swiperId} and exists (select from forgotten)
      returning notification_id
    )
    select exists (select from charge) as charged, exists (select from forgotten) as was_last, exists (select from inbox) as had_like,
      (select notification_id from inbox) as notification_id`;
  return rows[0];
}
