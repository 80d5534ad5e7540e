import type { ConversationId, MessageId, UserId } from "@pendo/contract/ids";
import { logging } from "../log/log.sql.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";

export interface Words {
  readonly version: number;
  readonly name: string | null;
  readonly bio: string;
  readonly interests: string[];
  readonly job: string | null;
  readonly school: string | null;
  readonly answers: string[];
}

/** The words of a profile that wait for a verdict, in one snapshot with their version; null where none do. */
export async function wordsToJudge(sql: Queryable, userId: UserId): Promise<Words | null> {
  const rows = await sql<Words[]>`
    select text_version as version, name, bio, interests, job, school,
      array(select answer from prompts where user_id = p.user_id order by position) as answers
    from profiles p where user_id = ${userId} and text_state = 'pending'`;
  return rows[0] ?? null;
}

/** @returns whether this version still waited: a newer one is left alone. */
export async function settleWords(
  sql: Queryable,
  {
    userId,
    version,
    state,
    at,
  }: { readonly userId: UserId; readonly version: number; readonly state: "visible" | "rejected"; readonly at: Date },
): Promise<boolean> {
  const rows = await sql`
    update profiles set text_state = ${state}, shown_name = case when ${state} = 'visible' then name else shown_name end, updated_at = ${at}
    where user_id = ${userId} and text_version = ${version} and text_state = 'pending'`;
  return rows.count > 0;
}

export interface Sent {
  readonly text: string;
  readonly senderId: UserId;
  readonly conversationId: ConversationId;
  readonly seq: number;
}

/** The words of a message that others can see; null where there are none. */
export async function messageToJudge(sql: Queryable, id: MessageId): Promise<Sent | null> {
  const rows = await sql<Sent[]>`
    select text, sender_id, conversation_id, seq from messages where id = ${id} and state = 'visible' and deleted_at is null and text is not null`;
  return rows[0] ?? null;
}

/** Holds a conversation, ended or not, until the transaction ends: nobody sends, reads or deletes in it meanwhile. */
export async function lockConversation(tx: Tx, id: ConversationId): Promise<void> {
  await tx`select 1 from conversations where id = ${id} for no key update`;
}

export interface Hiding {
  readonly id: MessageId;
  readonly senderId: UserId;
  readonly recipientId: UserId;
  readonly at: Date;
}

/** Hides a message that can be seen, takes it out of the unread counts, and logs it for both. Only under the lock of its conversation. */
export async function hideMessage(tx: Tx, { id, senderId, recipientId, at }: Hiding): Promise<void> {
  await tx`
    with message as (
      update messages set state = 'hidden' where id = ${id} and state = 'visible' and deleted_at is null
      returning conversation_id, seq
    ), member as (
      update members m set unread_count = m.unread_count - 1 from message
      where m.conversation_id = message.conversation_id and m.user_id = ${recipientId} and m.read_seq < message.seq and m.unread_count > 0
      returning m.user_id
    ), entry as (
      select both_members.user_id, 'message' as kind, ${id}::uuid as ref, 0 as place, 0 as likes, -(member.user_id is not null)::int as unread
      from message cross join unnest(array[${senderId}, ${recipientId}]::uuid[]) as both_members (user_id) left join member using (user_id)
    ), ${logging(tx, at)}
    select`;
}
