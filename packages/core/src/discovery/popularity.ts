import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { Tx } from "../ports/db/db.ts";

export interface SwipeReceived {
  readonly targetId: UserId;
  readonly action: SwipeAction;
}

/**
 * Adds swipes to what their targets have received, which the ranking reads. It is done in batches by a consumer and not by the swipe, since many
 * swipes on one popular profile would wait for each other. The caller makes sure that each fact is applied once.
 */
export async function apply(tx: Tx, swipes: readonly SwipeReceived[]): Promise<void> {
  if (swipes.length === 0) return;
  // Rows are locked in the order of their ids, so that two batches over the same people cannot wait for each other.
  await tx`
    with received as (
      select target_id, count(*)::int as swipes, (count(*) filter (where action <> 'pass'))::int as likes
      from unnest(${swipes.map((swipe) => swipe.targetId)}::uuid[], ${swipes.map((swipe) => swipe.action)}::text[]) as s (target_id, action)
      group by target_id
    ), locked as (
      select user_id, swipes, likes from profiles join received on target_id = user_id order by user_id for no key update of profiles
    )
    update profiles p set swipes_received = p.swipes_received + swipes, likes_received = p.likes_received + likes
    from locked where p.user_id = locked.user_id`;
}
