import type { ClientMessageId, ConversationId, MediaId, MessageId, UserId } from "@pendo/contract/ids";
import type { MessageKind } from "@pendo/contract/message";
import type { PhotoRow } from "../media/photos.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import type { NewMessage, Original } from "./messages.sql.ts";

/** `pending`: without a verdict yet. `hidden`: refused. */
export type HeldState = "pending" | "hidden";

export interface HeldRow {
  readonly id: MessageId;
  readonly conversationId: ConversationId;
  readonly senderId: UserId;
  readonly clientMessageId: ClientMessageId;
  readonly kind: MessageKind;
  readonly state: HeldState;
  readonly text: string | null;
  readonly photo: PhotoRow | null;
  readonly createdAt: Date;
}

/**
 * Stores a message that only its sender sees. Nothing is stored where the sender may not write, where the photo is not theirs to show, or where
 * the client message id was used.
 */
export async function insert(tx: Tx, message: NewMessage, state: HeldState): Promise<{ readonly recipientId: UserId } | undefined> {
  const { id, conversationId, senderId, clientMessageId, kind, text, mediaId, bodyHash, at } = message;
  const [held] = await tx<{ recipientId: UserId }[]>`
    with place as (
      select m.other_id from members m join conversations c on c.id = m.conversation_id and c.ended_at is null
      where m.conversation_id = ${conversationId} and m.user_id = ${senderId}
        and not exists (
          select from blocks where (blocker_id, blocked_id) in ((m.user_id, m.other_id), (m.other_id, m.user_id))
        )
        and not exists (
          select from messages
          where conversation_id = ${conversationId} and sender_id = ${senderId} and client_message_id = ${clientMessageId}
        )
        and (${mediaId}::uuid is null or exists (
          select from media where id = ${mediaId}::uuid and user_id = ${senderId} and kind = 'messagePhoto' and state = 'visible'
        ))
    ), held as (
      insert into held_messages (id, conversation_id, sender_id, client_message_id, kind, text, media_id, body_hash, state, created_at)
      select ${id}::uuid, ${conversationId}::uuid, ${senderId}::uuid, ${clientMessageId}::uuid, ${kind}, ${text}, ${mediaId}::uuid,
        ${bodyHash}, ${state}, ${at}
      from place
      on conflict (conversation_id, sender_id, client_message_id) do nothing
      returning id
    )
    select other_id as recipient_id from place cross join held`;
  return held;
}

export async function original(
  sql: Queryable,
  { conversationId, senderId, clientMessageId }: Pick<NewMessage, "conversationId" | "senderId" | "clientMessageId">,
): Promise<(Omit<Original, "state"> & { readonly state: HeldState }) | undefined> {
  const [row] = await sql<(Omit<Original, "state"> & { state: HeldState })[]>`
    select id, 0 as seq, created_at, body_hash, state from held_messages
    where conversation_id = ${conversationId} and sender_id = ${senderId} and client_message_id = ${clientMessageId}`;
  return row;
}

const columns = (sql: Queryable) => sql`
  h.id, h.conversation_id, h.sender_id, h.client_message_id, h.kind, h.state, h.text, h.created_at,
  (
    select json_build_object('id', id, 'width', width, 'height', height, 'blur', blur)
    from media where media.id = h.media_id and media.state = 'visible'
  ) as photo`;

export interface Span {
  readonly conversationId: ConversationId;
  readonly senderId: UserId;
  /** The span begins with the time of the message at this place, and ends before the time of the other; null: without a border. */
  readonly fromSeq: number | null;
  readonly untilSeq: number | null;
  readonly limit: number;
}

/** The newest held messages of the sender whose time lies between two places of the conversation, oldest first. */
export async function between(sql: Queryable, { conversationId, senderId, fromSeq, untilSeq, limit }: Span): Promise<HeldRow[]> {
  const timeAt = (seq: number) => sql`(select created_at from messages where conversation_id = ${conversationId} and seq = ${seq})`;
  const rows = await sql<HeldRow[]>`
    select ${columns(sql)} from held_messages h
    where h.conversation_id = ${conversationId} and h.sender_id = ${senderId} and h.deleted_at is null
      ${fromSeq === null ? sql`` : sql`and h.created_at >= coalesce(${timeAt(fromSeq)}, '-infinity')`}
      ${untilSeq === null ? sql`` : sql`and h.created_at < coalesce(${timeAt(untilSeq)}, 'infinity')`}
    order by h.created_at desc, h.id desc
    limit ${limit}`;
  return rows.toReversed();
}

/** The user's own held messages among these, of conversations that are neither ended nor blocked; in no order. */
export async function selectMany(sql: Queryable, { userId, ids }: { userId: UserId; ids: readonly MessageId[] }): Promise<HeldRow[]> {
  return await sql<HeldRow[]>`
    select ${columns(sql)}
    from held_messages h
    join conversations c on c.id = h.conversation_id and c.ended_at is null
    join members me on me.conversation_id = h.conversation_id and me.user_id = h.sender_id
    where h.sender_id = ${userId} and h.id = any(${ids as MessageId[]}::uuid[]) and h.deleted_at is null
      and not exists (
        select from blocks where (blocker_id, blocked_id) in ((me.user_id, me.other_id), (me.other_id, me.user_id))
      )`;
}

export interface ToJudge {
  readonly conversationId: ConversationId;
  readonly senderId: UserId;
  readonly recipientId: UserId;
  readonly text: string;
  /** An edit's place; null for a message that has none yet. */
  readonly seq: number | null;
}

/** The text that waits for a verdict under this id: of a message, or of an edit. */
export async function toJudge(sql: Queryable, id: MessageId): Promise<ToJudge | undefined> {
  const [row] = await sql<ToJudge[]>`
    select h.conversation_id, h.sender_id, m.other_id as recipient_id, coalesce(h.text, '') as text, null::int as seq
    from held_messages h join members m on m.conversation_id = h.conversation_id and m.user_id = h.sender_id
    where h.id = ${id} and h.state = 'pending' and h.deleted_at is null
    union all
    select s.conversation_id, s.sender_id, m.other_id, e.text, s.seq
    from held_edits e join messages s on s.id = e.message_id
    join members m on m.conversation_id = s.conversation_id and m.user_id = s.sender_id
    where e.message_id = ${id}`;
  return row;
}

/** Takes a pending message out, with its sender's log entry: its delivery writes a message and an entry. */
export async function take(tx: Tx, id: MessageId): Promise<NewMessage | undefined> {
  const [row] = await tx<NewMessage[]>`
    with taken as (
      delete from held_messages where id = ${id} and state = 'pending' and deleted_at is null
      returning id, conversation_id, sender_id, client_message_id, kind, text, media_id, body_hash, created_at
    ), entry as (
      delete from user_log using taken where user_log.user_id = taken.sender_id and user_log.kind = 'message' and user_log.ref = taken.id
    )
    select id, conversation_id, sender_id, client_message_id, kind, text, media_id, body_hash, created_at as at from taken`;
  return row;
}

/** @returns whether the message waited until now. */
export async function refuse(tx: Tx, id: MessageId): Promise<boolean> {
  const rows = await tx`update held_messages set state = 'hidden' where id = ${id} and state = 'pending' and deleted_at is null`;
  return rows.count > 0;
}

/** Empties one's own held message. @returns whether there was one, and its photo. */
export async function erase(
  tx: Tx,
  { id, conversationId, senderId, at }: { id: MessageId; conversationId: ConversationId; senderId: UserId; at: Date },
): Promise<{ readonly mediaId: MediaId | null } | undefined> {
  const [row] = await tx<{ mediaId: MediaId | null }[]>`
    with own as (
      select id, media_id from held_messages
      where id = ${id} and conversation_id = ${conversationId} and sender_id = ${senderId} and deleted_at is null for update
    ), emptied as (
      update held_messages h set text = null, media_id = null, deleted_at = ${at} from own where h.id = own.id
    )
    select media_id from own`;
  return row;
}

export async function holdEdit(tx: Tx, { messageId, text, at }: { messageId: MessageId; text: string; at: Date }): Promise<void> {
  await tx`
    insert into held_edits (message_id, text, edited_at) values (${messageId}, ${text}, ${at})
    on conflict (message_id) do update set text = excluded.text, edited_at = excluded.edited_at`;
}

/** Takes an edit out, or, where a text is given, only the edit with that text: a newer one gets its own verdict. */
export async function takeEdit(tx: Tx, messageId: MessageId, text?: string): Promise<{ readonly editedAt: Date } | undefined> {
  const [row] = await tx<{ editedAt: Date }[]>`
    delete from held_edits where message_id = ${messageId} ${text === undefined ? tx`` : tx`and text = ${text}`} returning edited_at`;
  return row;
}
