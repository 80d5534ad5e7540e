import { createHash } from "node:crypto";
import { type ClientMessageId, type ConversationId, type MediaId, MessageId, type UserId } from "@pendo/contract/ids";
import { MESSAGE_EDIT_SEC, type Message, type MessageKind } from "@pendo/contract/message";
import * as z from "zod";
import { lockLive, requireLive } from "../rules/live.ts";
import { decode, encode, strangeCursor } from "../cursor.ts";
import { Fault } from "../fault.ts";
import * as media from "../media/media.ts";
import { withdrawMessage } from "../notifications/withdraw.sql.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { append } from "../log/log.sql.ts";
import * as held from "./held.ts";
import * as heldSql from "./held.sql.ts";
import { appendForBoth, locate, type Pointer } from "./locate.ts";
import * as sql from "./messages.sql.ts";
import { presentMessage } from "./shown.ts";

// A restored backup gives the same places again, to other messages: the id says which one was meant.
const Place = z.tuple([z.enum(["before", "after"]), z.int().min(0).max(2_147_483_647), MessageId]);

export interface Wanted {
  readonly userId: UserId;
  readonly conversationId: ConversationId;
  readonly before?: MessageId | undefined;
  readonly after?: MessageId | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * A page of a conversation: newest first, or, with `after` alone, the oldest after that message first. A cursor goes on in the same direction.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 * @throws {Fault} `message.notFound`: `before` or `after` has no place in the conversation
 * @throws {Fault} `input.invalid`: the cursor is not one of this list
 */
export async function list(ports: Uses<"db" | "storage">, wanted: Wanted): Promise<{ items: Message[]; next: string | null }> {
  const { userId, conversationId, limit } = wanted;
  await requireLive(ports.db, { conversationId, userId });
  const { before, after, ascending } = await bordersOf(ports, wanted);
  const rows = await sql.select(ports.db, { conversationId, before, after, ascending, limit: limit + 1 });
  const shownRows = rows.slice(0, limit);
  const last = shownRows.at(-1);
  const further = rows.length > limit && last ? last.seq : null;
  const own = await heldSql.between(ports.db, {
    conversationId,
    senderId: userId,
    fromSeq: ascending ? after : (further ?? after),
    untilSeq: ascending ? (further ?? before) : before,
    limit: HELD_PER_PAGE_MAX,
  });
  const items = await Promise.all(shownRows.map((row) => presentMessage(ports, row, userId)));
  return {
    items: withHeld(items, await Promise.all(own.map((row) => held.present(ports, row))), ascending),
    next: last && rows.length > limit ? encode([ascending ? "after" : "before", last.seq, last.id]) : null,
  };
}

/** The places between which a page lies, and its direction. */
async function bordersOf(
  { db }: Uses<"db">,
  { conversationId, before, after, cursor }: Wanted,
): Promise<{ before: number | null; after: number | null; ascending: boolean }> {
  const placeOf = async (messageId: MessageId) => (await sql.target(db, { conversationId, messageId }))?.seq;
  const named = async (messageId: MessageId | undefined) => {
    if (messageId === undefined) return null;
    const seq = await placeOf(messageId);
    if (seq === undefined) throw new Fault("message.notFound");
    return seq;
  };
  const borders = { before: await named(before), after: await named(after) };
  if (cursor === undefined) return { ...borders, ascending: after !== undefined && before === undefined };
  const [side, seq, messageId] = decode(cursor, Place);
  if ((await placeOf(messageId)) !== seq) throw strangeCursor();
  return { ...borders, [side]: seq, ascending: side === "after" };
}

/** Of one page: a sender who has more of them sees the newest. */
const HELD_PER_PAGE_MAX = 50;

/** Puts held messages among the others by their time, since they have no place. */
function withHeld(items: readonly Message[], own: readonly Message[], ascending: boolean): Message[] {
  const all = ascending ? [...items] : items.toReversed();
  for (const message of own) {
    const later = all.findIndex(({ sentAt }) => sentAt > message.sentAt);
    all.splice(later < 0 ? all.length : later, 0, message);
  }
  return ascending ? all : all.reverse();
}

export interface Send {
  readonly conversationId: ConversationId;
  readonly senderId: UserId;
  readonly clientMessageId: ClientMessageId;
  readonly kind: MessageKind;
  readonly text?: string | undefined;
  readonly mediaId?: MediaId | undefined;
}

export interface SentMessage {
  readonly id: MessageId;
  /** Its place in the conversation: 1, 2, 3 … without a gap; 0 as long as only its sender sees it. */
  readonly seq: number;
  readonly sentAt: string;
  /** `pending`: delivered after its verdict and those of the sender's earlier messages. `hidden`: refused; only its sender sees it. */
  readonly state: "visible" | heldSql.HeldState;
}

/**
 * Sends exactly one message per conversation, sender and client message id, however often and over however many ways at once it is asked for.
 * It gets its place, and reaches the other, with a clean verdict and behind the sender's earlier messages; until then, and for good where it is
 * refused, only its sender sees it.
 * @throws {Fault} `input.invalid`: the text or the photo is missing, or a text has a photo
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 * @throws {Fault} `message.idReused`: the same id came with another body
 * @throws {Fault} `media.notFound`: the sender has no such picture, or it may not be sent
 * @throws {Fault} `server.busy`: a block was lifted in this very moment
 */
export async function send(ports: Uses<"db" | "bus" | "judge">, wanted: Send): Promise<SentMessage> {
  const { db, clock, ids } = ports;
  const body = bodyOf(wanted);
  const verdict = await held.verdictOn(ports, body.text);
  const { conversationId, senderId, clientMessageId } = wanted;
  const at = clock.now();
  const message = { ...body, id: ids.next<MessageId>(), conversationId, senderId, clientMessageId, bodyHash: hashOf(body), at };
  const sent = await db
    .begin(async (tx) => {
      const placed = verdict?.state === "visible" ? await sql.insert(tx, message, held.heldSince(at)) : undefined;
      if (placed) {
        await held.emitCreated(ports, tx, message, placed);
        return { seq: placed.seq, state: "visible" as const };
      }
      const state = await held.hold(ports, tx, message, verdict);
      return state && { seq: 0, state };
    })
    .catch((thrown: unknown) => {
      if (violates(thrown, "messages_conversation_id_sender_id_client_message_id_key")) return undefined;
      // The photo was deleted in this very moment.
      if (violates(thrown, "messages_media_id_fkey")) throw new Fault("media.notFound");
      throw thrown;
    });
  if (sent) return { id: message.id, seq: sent.seq, sentAt: at.toISOString(), state: sent.state };
  return sentBefore(ports, message);
}

/** Answers a retry with the original; otherwise says why nothing was sent. */
async function sentBefore({ db }: Pick<Uses<"db">, "db">, message: sql.NewMessage): Promise<SentMessage> {
  const original = (await sql.original(db, message)) ?? (await heldSql.original(db, message));
  if (original) {
    const { id, seq, createdAt, bodyHash, state } = original;
    if (!Buffer.from(bodyHash).equals(message.bodyHash)) throw new Fault("message.idReused");
    return { id, seq, sentAt: createdAt.toISOString(), state };
  }
  await requireLive(db, { conversationId: message.conversationId, userId: message.senderId });
  if (message.mediaId) throw new Fault("media.notFound");
  // Only a block that was lifted in this very moment leads here.
  throw new Fault("server.busy");
}

function bodyOf({ kind, text, mediaId }: Send): { kind: MessageKind; text: string | null; mediaId: MediaId | null } {
  if (kind === "text" && mediaId !== undefined)
    throw new Fault("input.invalid", { fields: { "/mediaId": "belongs to a photo, not to a text" } });
  if (kind === "text" && text === undefined) throw new Fault("input.invalid", { fields: { "/text": "is missing" } });
  if (kind === "photo" && mediaId === undefined) throw new Fault("input.invalid", { fields: { "/mediaId": "is missing" } });
  return { kind, text: text ?? null, mediaId: mediaId ?? null };
}

function hashOf({ kind, text, mediaId }: { kind: MessageKind; text: string | null; mediaId: MediaId | null }): Buffer {
  return createHash("sha256")
    .update(JSON.stringify([kind, text, mediaId]))
    .digest();
}

function violates(thrown: unknown, constraint: string): boolean {
  return thrown instanceof Error && "constraint_name" in thrown && thrown.constraint_name === constraint;
}

/**
 * Changes the text of one's own message, within 15 minutes of its delivery. The other sees the new text with its clean verdict.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 * @throws {Fault} `message.notFound`: the conversation has no such message
 * @throws {Fault} `message.notEditable`: it is not the user's, is no text, was hidden or deleted, or is older than 15 minutes
 * @throws {Fault} `message.refused`: the new text breaks the rules
 */
export async function update(
  ports: Uses<"db" | "bus" | "judge">,
  { text, ...pointer }: Pointer & { readonly text: string },
): Promise<{ id: MessageId; seq: number; text: string; editedAt: string }> {
  const { db, bus, clock } = ports;
  const verdict = await held.verdictOn(ports, text);
  if (verdict?.state === "rejected") throw new Fault("message.refused");
  const at = clock.now();
  return db.begin(async (tx) => {
    const { message, fact } = await locate(tx, pointer);
    const tooLate = at.getTime() - message.createdAt.getTime() > MESSAGE_EDIT_SEC * 1000;
    if (message.senderId !== pointer.userId || message.deletedAt || message.state === "hidden" || message.kind !== "text" || tooLate) {
      throw new Fault("message.notEditable");
    }
    const { messageId, conversationId, userId: senderId } = pointer;
    if (verdict) {
      await heldSql.takeEdit(tx, messageId);
      await sql.setText(tx, { messageId, text, at });
      await appendForBoth(tx, fact, at);
      await bus.emit(tx, "message.updated", fact, { actor: senderId });
    } else {
      await heldSql.holdEdit(tx, { messageId, text, at });
      await append(tx, [{ userId: senderId, kind: "message", ref: messageId }], at);
      await bus.emit(tx, "message.held", { conversationId, messageId, senderId }, { actor: senderId });
    }
    return { id: messageId, seq: message.seq, text, editedAt: at.toISOString() };
  });
}

/**
 * Deletes one's own message for both, and its photo; a second time changes nothing.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 * @throws {Fault} `message.notFound`: the conversation has no such message
 * @throws {Fault} `message.notEditable`: it is the other member's
 */
export async function remove(ports: Uses<"db" | "bus" | "storage">, pointer: Pointer): Promise<void> {
  const { db, bus, clock } = ports;
  const mediaId = await db.begin(async (tx) => {
    const own = await removeHeld(ports, tx, pointer);
    if (own) return own.mediaId;
    const { message, fact } = await locate(tx, pointer);
    if (message.senderId !== pointer.userId) throw new Fault("message.notEditable");
    if (message.deletedAt) return null;
    const at = clock.now();
    const counted = message.state === "visible";
    const notices = counted ? await withdrawMessage(tx, fact, at) : [];
    await sql.erase(tx, { ...fact, counted, at });
    if (notices.length > 0) await append(tx, notices, at);
    await bus.emit(tx, "message.deleted", fact, { actor: pointer.userId });
    return message.mediaId;
  });
  // A crash before this leaves the photo to the sweep of those that no message shows.
  if (mediaId) await media.removeUnsent(ports, mediaId);
}

/** Deletes a message that only its sender sees. Those that waited for its verdict are delivered. */
async function removeHeld(ports: Uses<"bus">, tx: Tx, pointer: Pointer): Promise<{ readonly mediaId: MediaId | null } | undefined> {
  const { conversationId, messageId: id, userId: senderId } = pointer;
  await lockLive(tx, pointer);
  const own = await heldSql.erase(tx, { id, conversationId, senderId, at: ports.clock.now() });
  if (own) await held.release(ports, tx, { conversationId, senderId, changed: [id] });
  return own;
}
