import type { ConversationId, UserId } from "@pendo/contract/ids";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { notBlocked } from "./notBlocked.ts";

export interface Member {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
}

export interface Membership {
  readonly otherId: UserId;
  /** By an unmatch, or by a block of either. */
  readonly ended: boolean;
}

/** The user's place in a conversation, ended or not; undefined where the user is no member. */
export async function live(sql: Queryable, member: Member): Promise<Membership | undefined> {
  const [place] = await selectPlace(sql, member, sql``);
  return place;
}

/** As `live`, with the conversation locked until the transaction ends: an unmatch, a block and the next message wait for it. */
export async function liveLocked(tx: Tx, member: Member): Promise<Membership | undefined> {
  const [place] = await selectPlace(tx, member, tx`for no key update of c`);
  return place;
}

// A block always ends the conversation as well, which is what a transaction that waited for the lock sees.
function selectPlace(sql: Queryable, { conversationId, userId }: Member, lock: ReturnType<Queryable>) {
  return sql<Membership[]>`
    select m.other_id, c.ended_at is not null or not ${notBlocked(sql, sql`m.user_id`, sql`m.other_id`)} as ended
    from conversations c join members m on m.conversation_id = c.id and m.user_id = ${userId}
    where c.id = ${conversationId}
    ${lock}`;
}
