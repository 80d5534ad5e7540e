import type { ConversationId, MatchId, UserId } from "@pendo/contract/ids";
import type { Tx } from "../ports/db/db.ts";

export interface Start {
  readonly conversationId: ConversationId;
  readonly matchId: MatchId;
  readonly userIds: readonly [UserId, UserId];
  readonly at: Date;
}

/** Opens the conversation of a match, with both as its members, in the transaction that makes the match. */
export async function start(tx: Tx, { conversationId, matchId, userIds: [a, b], at }: Start): Promise<void> {
  await tx`
    with conversation as (
      insert into conversations (id, match_id, created_at) values (${conversationId}, ${matchId}, ${at}) returning id, created_at
    )
    insert into members (conversation_id, user_id, other_id, active_at)
    select conversation.id, pair.user_id, pair.other_id, conversation.created_at
    from conversation, (values (${a}::uuid, ${b}::uuid), (${b}::uuid, ${a}::uuid)) as pair (user_id, other_id)`;
}

/**
 * Ends the conversation of a match, in the transaction that ends the match: nothing can be sent any more, and what was unread no longer counts.
 * Logs are the caller's. Does nothing where it has ended already.
 */
export async function endFor(tx: Tx, { matchId, at }: { matchId: MatchId; at: Date }): Promise<void> {
  const [ended] = await tx<{ id: ConversationId }[]>`
    update conversations set ended_at = ${at} where match_id = ${matchId} and ended_at is null returning id`;
  if (!ended) return;
  // A statement of its own: only now, under the conversation's lock, does a snapshot show every message that was counted.
  // Both heads are locked in the order of user ids, whether or not their counts change.
  await tx`
    with unread as (
      select user_id, unread_count from members where conversation_id = ${ended.id}
    ), member as (
      update members set unread_count = 0 from unread
      where members.conversation_id = ${ended.id} and members.user_id = unread.user_id
      returning members.user_id, unread.unread_count
    )
    insert into user_heads (user_id, unread_count) select user_id, unread_count from member order by user_id
    on conflict (user_id) do update set unread_count = user_heads.unread_count - excluded.unread_count`;
}
