import type { ConversationId, MessageId, UserId } from "@pendo/contract/ids";
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
  /** What was judged. */
  readonly text: string;
  readonly senderId: UserId;
  readonly recipientId: UserId;
  readonly at: Date;
}

/**
 * Hides a message, takes it out of the unread counts, and logs it for both. Only under the lock of its conversation.
 * @returns whether it could be seen until now, with these very words.
 */
export async function hideMessage(tx: Tx, { id, text, senderId, recipientId, at }: Hiding): Promise<boolean> {
  const rows = await tx`
    with message as (
      update messages set state = 'hidden' where id = ${id} and state = 'visible' and deleted_at is null and text = ${text}
      returning conversation_id, seq
    ), member as (
      update members m set unread_count = m.unread_count - 1 from message
      where m.conversation_id = message.conversation_id and m.user_id = ${recipientId} and m.read_seq < message.seq and m.unread_count > 0
      returning m.user_id
    ), head as (
      insert into user_heads (user_id, rev, unread_count)
      select both_members.user_id, 1, (member.user_id is not null)::int
      from message cross join unnest(array[${senderId}, ${recipientId}]::uuid[]) as both_members (user_id) left join member using (user_id)
      order by both_members.user_id
      on conflict (user_id) do update
      set rev = user_heads.rev + 1, unread_count = user_heads.unread_count - excluded.unread_count
      returning user_id, rev
    )
    insert into user_log (user_id, kind, ref, rev, logged_at) select user_id, 'message', ${id}, rev, ${at} from head
    on conflict (user_id, kind, ref) do update set rev = excluded.rev, logged_at = excluded.logged_at`;
  return rows.count > 0;
}
