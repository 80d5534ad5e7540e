import type { ClientMessageId, ConversationId, MediaId, MessageId, UserId } from "@pendo/contract/ids";
import type { MessageKind } from "@pendo/contract/message";
import type { PhotoRow } from "../rules/pictureKeys.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { notBlocked } from "../rules/notBlocked.ts";
import type { NewMessage, Original } from "./messages.sql.ts";

/** `pending`: without a verdict yet, or behind an earlier message without one. `hidden`: refused. */
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
export async function insert(
  tx: Tx,
  message: NewMessage,
  { state, ready }: { readonly state: HeldState; readonly ready: boolean },
): Promise<{ readonly recipientId: UserId } | undefined> {
  const { id, conversationId, senderId, clientMessageId, kind, text, mediaId, bodyHash, at } = message;
  const [held] = await tx<{ recipientId: UserId }[]>`
    with place as (
      select m.other_id from members m join conversations c on c.id = m.conversation_id and c.ended_at is null
      where m.conversation_id = ${conversationId} and m.user_id = ${senderId}
        and ${notBlocked(tx, tx`m.user_id`, tx`m.other_id`)}
        and not exists (
          select from messages
          where conversation_id = ${conversationId} and sender_id = ${senderId} and client_message_id = ${clientMessageId}
        )
        and (${mediaId}::uuid is null or exists (
          select from media where id = ${mediaId}::uuid and user_id = ${senderId} and kind = 'messagePhoto' and state = 'visible'
        ))
    ), held as (
      insert into held_messages (id, conversation_id, sender_id, client_message_id, kind, text, media_id, body_hash, state, ready, created_at)
      select ${id}::uuid, ${conversationId}::uuid, ${senderId}::uuid, ${clientMessageId}::uuid, ${kind}, ${text}, ${mediaId}::uuid,
        ${bodyHash}, ${state}, ${ready}, ${at}
      from place
      on conflict (conversation_id, sender_id, client_message_id) do nothing
      returning id
    )
    select other_id as recipient_id from place cross join held`;
  return held;
}

/**
 * The held message that was sent under this id of the client, so that a repetition gets the same response. Its `seq` is
 * 0: it has no place yet.
 */
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
    order by h.created_at desc, h.place desc
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
      and ${notBlocked(sql, sql`me.user_id`, sql`me.other_id`)}`;
}

export interface ToJudge {
  readonly conversationId: ConversationId;
  readonly senderId: UserId;
  readonly recipientId: UserId;
  readonly text: string;
  /** An edit's place; null for a message that has none yet. */
  readonly seq: number | null;
  /** Whether the text was judged when it was sent, so that it waits for earlier messages alone. */
  readonly ready: boolean;
}

/** The text that waits for a verdict under this id: of a message, or of an edit. */
export async function toJudge(sql: Queryable, id: MessageId): Promise<ToJudge | undefined> {
  const [row] = await sql<ToJudge[]>`
    select h.conversation_id, h.sender_id, m.other_id as recipient_id, coalesce(h.text, '') as text, null::int as seq, h.ready
    from held_messages h join members m on m.conversation_id = h.conversation_id and m.user_id = h.sender_id
    where h.id = ${id} and h.state = 'pending' and h.deleted_at is null
    union all
    select s.conversation_id, s.sender_id, m.other_id, e.text, s.seq, false
    from held_edits e join messages s on s.id = e.message_id
    join members m on m.conversation_id = s.conversation_id and m.user_id = s.sender_id
    where e.message_id = ${id}`;
  return row;
}

/** Notes a clean verdict. */
export async function setReady(tx: Tx, id: MessageId): Promise<void> {
  await tx`update held_messages set ready = true where id = ${id} and state = 'pending' and deleted_at is null`;
}

export interface Waiting {
  readonly conversationId: ConversationId;
  readonly senderId: UserId;
  /** A message that has been without a verdict from before this time keeps those behind it no longer. */
  readonly heldSince: Date;
  readonly limit: number;
}

/**
 * Takes the judged messages out that no earlier one without a verdict keeps, in the order in which they were sent, with their sender's log entries:
 * each delivery writes a message and an entry. Only under the lock of the conversation.
 */
export async function takeDue(tx: Tx, { conversationId, senderId, heldSince, limit }: Waiting): Promise<NewMessage[]> {
  return await tx<NewMessage[]>`
    with waiting as (
      select id, place, ready, created_at from held_messages
      where conversation_id = ${conversationId} and sender_id = ${senderId} and state = 'pending' and deleted_at is null
    ), due as (
      select id from waiting
      where ready and not exists (
        select from waiting earlier where earlier.place < waiting.place and not earlier.ready and earlier.created_at > ${heldSince}
      )
      order by place limit ${limit}
    ), taken as (
      delete from held_messages h using due where h.id = due.id
      returning h.id, h.conversation_id, h.sender_id, h.client_message_id, h.kind, h.text, h.media_id, h.body_hash, h.created_at, h.place
    ), entry as (
      delete from user_log using taken where user_log.user_id = taken.sender_id and user_log.kind = 'message' and user_log.ref = taken.id
    )
    select id, conversation_id, sender_id, client_message_id, kind, text, media_id, body_hash, created_at as at from taken order by place`;
}

/** The senders with a judged message from before this time that still waits for an earlier one. */
export async function overdue(
  sql: Queryable,
  { heldSince, limit }: Pick<Waiting, "heldSince" | "limit">,
): Promise<Pick<Waiting, "conversationId" | "senderId">[]> {
  return await sql<Pick<Waiting, "conversationId" | "senderId">[]>`
    select distinct conversation_id, sender_id from (
      select conversation_id, sender_id from held_messages
      where ready and state = 'pending' and deleted_at is null and created_at <= ${heldSince}
      order by created_at limit ${limit}
    ) late`;
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

/** Keeps the new text of a message until its verdict. A later edit replaces an earlier one that still waits. */
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
