import type { ConversationId, MessageId, UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";

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

/** @returns whether it could be seen until now, with these very words. */
export async function hideMessage(sql: Queryable, id: MessageId, text: string): Promise<boolean> {
  const rows =
    await sql`update messages set state = 'hidden' where id = ${id} and state = 'visible' and deleted_at is null and text = ${text}`;
  return rows.count > 0;
}
