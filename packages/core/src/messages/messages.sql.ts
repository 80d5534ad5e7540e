import type { ClientMessageId, ConversationId, MediaId, MessageId, UserId } from "@pendo/contract/ids";
import type { MessageKind } from "@pendo/contract/message";
import { hotLogging, logging } from "../log/log.sql.ts";
import type { PhotoRow } from "../rules/pictureKeys.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { notBlocked } from "../rules/notBlocked.ts";

export interface NewMessage {
  readonly id: MessageId;
  readonly conversationId: ConversationId;
  readonly senderId: UserId;
  readonly clientMessageId: ClientMessageId;
  readonly kind: MessageKind;
  readonly text: string | null;
  readonly mediaId: MediaId | null;
  readonly bodyHash: Uint8Array;
  readonly at: Date;
}

export interface Sent {
  readonly seq: number;
  readonly recipientId: UserId;
  /** Whether it is the first of whoever did not begin the conversation. */
  readonly isAnswer: boolean;
}

/**
 * HOT: everything that sending writes, in one statement; nothing at all where the sender may not, where the photo is not theirs to show, or where
 * the client message id was used. The photo is held first, as by whoever deletes it. Its place is the next of the conversation, whose lock the first part takes and the transaction keeps. What
 * counts and logs hangs on the part before it, because that makes the order of locks certain.
 *
 * Who wrote first is looked up only until the other did. Of two first messages at once neither answers the other, for neither was seen.
 *
 * Of two with the same client message id that run at once, the second fails on the unique key: the transaction takes its place back with it.
 *
 * Nothing is written either while an earlier message of the sender is held, unless it has been held without a verdict from before `heldSince`.
 * Null: this message is itself the first of those held.
 */
export async function insert(tx: Tx, message: NewMessage, heldSince: Date | null): Promise<Sent | undefined> {
  const { id, conversationId, senderId, clientMessageId, kind, text, mediaId, bodyHash, at } = message;
  const [sent] = await tx<Sent[]>`
    with photo as (
      select from media where id = ${mediaId}::uuid and user_id = ${senderId} and kind = 'messagePhoto' and state = 'visible' for key share
    ), conversation as (
      update conversations c set last_seq = c.last_seq + 1, last_message_at = ${at}, answered_seq = case
        when c.answered_seq is not null or c.last_seq = 0 then c.answered_seq
        when exists (select from messages where conversation_id = c.id and seq = 1 and sender_id <> ${senderId}) then c.last_seq + 1
      end
      from members m
      where c.id = ${conversationId} and m.conversation_id = c.id and m.user_id = ${senderId} and c.ended_at is null
        and ${notBlocked(tx, tx`m.user_id`, tx`m.other_id`)}
        and not exists (
          select from messages
          where conversation_id = ${conversationId} and sender_id = ${senderId} and client_message_id = ${clientMessageId}
        )
        and not exists (
          select from held_messages
          where conversation_id = ${conversationId} and sender_id = ${senderId} and client_message_id = ${clientMessageId}
        )
        ${
          heldSince
            ? tx`and not exists (
                select from held_messages
                where conversation_id = ${conversationId} and sender_id = ${senderId} and state = 'pending' and deleted_at is null
                  and (ready or created_at > ${heldSince})
              )`
            : tx``
        }
        and (${mediaId}::uuid is null or exists (select from photo))
      returning c.id, c.last_seq, m.other_id, coalesce(c.answered_seq = c.last_seq, false) as is_answer
    ), message as (
      insert into messages (conversation_id, seq, id, sender_id, client_message_id, kind, text, media_id, body_hash, created_at)
      select id, last_seq, ${id}, ${senderId}, ${clientMessageId}, ${kind}, ${text}, ${mediaId}::uuid, ${bodyHash}, ${at} from conversation
      returning conversation_id
    ), member as (
      update members set active_at = ${at}, unread_count = unread_count + (user_id <> ${senderId})::int
      from message where members.conversation_id = message.conversation_id
      returning user_id
    ), entry as (
      select user_id, 'message' as kind, ${id}::uuid as ref, 0 as place, 0 as likes, (user_id <> ${senderId})::int as unread from member
    ), ${hotLogging(tx, at)}
    select last_seq as seq, other_id as recipient_id, is_answer from conversation`;
  return sent;
}

export interface Original {
  readonly id: MessageId;
  readonly seq: number;
  readonly createdAt: Date;
  readonly bodyHash: Uint8Array;
  readonly state: "visible" | "hidden";
}

/** What was sent under this client message id before. */
export async function original(
  sql: Queryable,
  { conversationId, senderId, clientMessageId }: Pick<NewMessage, "conversationId" | "senderId" | "clientMessageId">,
): Promise<Original | undefined> {
  const [row] = await sql<Original[]>`
    select id, seq, created_at, body_hash, state from messages
    where conversation_id = ${conversationId} and sender_id = ${senderId} and client_message_id = ${clientMessageId}`;
  return row;
}

export interface MessageRow {
  readonly id: MessageId;
  readonly conversationId: ConversationId;
  readonly seq: number;
  readonly senderId: UserId;
  readonly clientMessageId: ClientMessageId;
  readonly kind: MessageKind;
  readonly state: "visible" | "hidden";
  readonly text: string | null;
  readonly photo: PhotoRow | null;
  readonly createdAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
  readonly reactions: { readonly userId: UserId; readonly emoji: string }[];
  /** A new text without a verdict yet, for its sender. */
  readonly edit: { readonly text: string; readonly editedAt: string } | null;
}

const columns = (sql: Queryable) => sql`
  m.id, m.conversation_id, m.seq, m.sender_id, m.client_message_id, m.kind, m.state, m.text, m.created_at, m.edited_at, m.deleted_at,
  (
    select json_build_object('id', id, 'version', version, 'width', width, 'height', height, 'blur', blur)
    from media where media.id = m.media_id and media.state = 'visible'
  ) as photo,
  (
    select coalesce(json_agg(json_build_object('userId', user_id, 'emoji', emoji) order by created_at, emoji), '[]')
    from reactions where message_id = m.id
  ) as reactions,
  (select json_build_object('text', text, 'editedAt', edited_at) from held_edits where message_id = m.id) as edit`;

export interface Slice {
  readonly conversationId: ConversationId;
  readonly before: number | null;
  readonly after: number | null;
  /** Oldest first, or newest first. */
  readonly ascending: boolean;
  readonly limit: number;
}

/** Messages of one conversation by their places. Whose it is, the caller has asked. */
export async function select(sql: Queryable, { conversationId, before, after, ascending, limit }: Slice): Promise<MessageRow[]> {
  return await sql<MessageRow[]>`
    select ${columns(sql)} from messages m
    where m.conversation_id = ${conversationId}
      ${before === null ? sql`` : sql`and m.seq < ${before}`}
      ${after === null ? sql`` : sql`and m.seq > ${after}`}
    order by m.seq ${ascending ? sql`` : sql`desc`}
    limit ${limit}`;
}

/** Messages by their ids, of those conversations of the user that are neither ended nor blocked; in no order. */
export async function selectMany(sql: Queryable, { userId, ids }: { userId: UserId; ids: readonly MessageId[] }): Promise<MessageRow[]> {
  return await sql<MessageRow[]>`
    select ${columns(sql)}
    from messages m
    join conversations c on c.id = m.conversation_id and c.ended_at is null
    join members me on me.conversation_id = m.conversation_id and me.user_id = ${userId}
    where m.id = any(${ids as MessageId[]}::uuid[])
      and ${notBlocked(sql, sql`me.user_id`, sql`me.other_id`)}`;
}

export interface Target {
  readonly seq: number;
  readonly senderId: UserId;
  readonly kind: MessageKind;
  readonly state: "visible" | "hidden";
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
  readonly mediaId: MediaId | null;
}

/** The message that a change is about, deleted or not; undefined where the conversation has no such message. */
export async function target(sql: Queryable, { conversationId, messageId }: { conversationId: ConversationId; messageId: MessageId }) {
  const [row] = await sql<Target[]>`
    select seq, sender_id, kind, state, created_at, deleted_at, media_id from messages
    where id = ${messageId} and conversation_id = ${conversationId}`;
  return row;
}

/** Replaces the text of a message and marks it as edited at `at`. */
export async function setText(tx: Tx, { messageId, text, at }: { messageId: MessageId; text: string; at: Date }): Promise<void> {
  await tx`update messages set text = ${text}, edited_at = ${at} where id = ${messageId}`;
}

export interface Erasure {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly senderId: UserId;
  readonly recipientId: UserId;
  readonly seq: number;
  /** Whether it is in the recipient's unread counts until it is read: what moderation hid no longer is. */
  readonly counted: boolean;
  readonly at: Date;
}

/** Takes a message's content, reactions and part in the unread counts away, and logs it for both; its place in the order stays. */
export async function erase(tx: Tx, { messageId, conversationId, senderId, recipientId, seq, counted, at }: Erasure): Promise<void> {
  await tx`
    with photo as (
      -- The sweep of pictures that no message shows looks at it again.
      update media set sent_checked_at = null from messages m where m.id = ${messageId} and media.id = m.media_id
    ), message as (
      update messages set text = null, media_id = null, deleted_at = ${at} where id = ${messageId}
    ), reaction as (
      delete from reactions where message_id = ${messageId}
    ), member as (
      update members set unread_count = unread_count - 1
      where conversation_id = ${conversationId} and user_id = ${recipientId} and read_seq < ${seq} and ${counted}
      returning user_id
    ), entry as (
      select both_members.user_id, 'message' as kind, ${messageId}::uuid as ref, 0 as place, 0 as likes,
        -(member.user_id is not null)::int as unread
      from unnest(array[${senderId}, ${recipientId}]::uuid[]) as both_members (user_id) left join member using (user_id)
    ), ${logging(tx, at)}
    select`;
}

/** "full" where the user has as many emojis on the message as one may have. */
export async function addReaction(
  tx: Tx,
  { messageId, userId, emoji, max, at }: { messageId: MessageId; userId: UserId; emoji: string; max: number; at: Date },
): Promise<"added" | "there" | "full"> {
  const [row] = await tx<{ outcome: "added" | "there" | "full" }[]>`
    with mine as (
      select count(*) as number, coalesce(bool_or(emoji = ${emoji}), false) as there
      from reactions where message_id = ${messageId} and user_id = ${userId}
    ), added as (
      insert into reactions (message_id, user_id, emoji, created_at)
      select ${messageId}, ${userId}, ${emoji}, ${at} from mine where not there and number < ${max}
      returning 1
    )
    select case when there then 'there' when exists (select from added) then 'added' else 'full' end as outcome from mine`;
  return row?.outcome ?? "full";
}

/** Takes the user's reaction with this emoji away. Returns whether there was one. */
export async function removeReaction(
  tx: Tx,
  { messageId, userId, emoji }: { messageId: MessageId; userId: UserId; emoji: string },
): Promise<boolean> {
  const rows = await tx`delete from reactions where message_id = ${messageId} and user_id = ${userId} and emoji = ${emoji} returning 1`;
  return rows.length > 0;
}
