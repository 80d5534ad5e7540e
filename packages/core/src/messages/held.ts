import type { MessageId } from "@pendo/contract/ids";
import type { Message } from "@pendo/contract/message";
import { signedPhoto } from "../rules/photos.ts";
import { decide } from "../moderation/decisions.ts";
import { lockConversation } from "../moderation/textVerdict.sql.ts";
import type { TextVerdict } from "../ports/judge/judge.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import { append } from "../log/log.sql.ts";
import * as sql from "./held.sql.ts";
import { insert, setText, type NewMessage, type Sent } from "./messages.sql.ts";

type Rejected = Extract<TextVerdict, { state: "rejected" }>;

/** How long a sender waits for a verdict. */
const VERDICT_WAIT_MS = 50;
/** How long a message without a verdict keeps the sender's later ones; then it is delivered behind them. */
const ORDER_WAIT_SEC = 60;
/** How many messages one transaction delivers, and how many senders one run of the schedule looks at. */
const RELEASED_MAX = 200;

/** The verdict on a message's text; null where there is none in time. */
export async function verdictOn({ judge }: Pick<Ports, "judge">, text: string | null): Promise<TextVerdict | null> {
  if (text === null) return { state: "visible" };
  const verdicts = await judge.verdicts([text], "message", VERDICT_WAIT_MS);
  return verdicts?.[0] ?? null;
}

/** What was sent without a verdict from before this time keeps no later message. */
export function heldSince(at: Date): Date {
  return new Date(at.getTime() - ORDER_WAIT_SEC * 1000);
}

/**
 * Stores a message for its sender alone: until its verdict, behind the sender's earlier messages that have none, or for good where it was refused,
 * with the reasons. @returns its state, or undefined where nothing was stored.
 */
export async function hold(
  ports: Uses<"bus">,
  tx: Tx,
  message: NewMessage,
  verdict: TextVerdict | null,
): Promise<sql.HeldState | undefined> {
  const { id: messageId, conversationId, senderId, at } = message;
  const state = verdict?.state === "rejected" ? "hidden" : "pending";
  const held = await sql.insert(tx, message, { state, ready: verdict?.state === "visible" });
  if (!held) return undefined;
  await append(tx, [{ userId: senderId, kind: "message", ref: messageId }], at);
  if (verdict?.state === "rejected") await decideAgainst(ports, tx, message, verdict);
  else await ports.bus.emit(tx, "message.held", { conversationId, messageId, senderId }, { actor: senderId });
  return state;
}

/**
 * Judges a text that was sent or edited without a verdict. A clean message is delivered and a clean edit applied, as if it had been sent now; what
 * breaks a rule stays unseen by the recipient, and its sender gets the reasons. With a verdict the later messages that waited for it follow.
 * Doing it twice changes nothing.
 * @throws {Fault} `server.busy`: there is no verdict yet
 */
export async function judgeHeld(
  ports: Uses<"db" | "bus">,
  messageId: MessageId,
  verdictOf: (text: string) => Promise<TextVerdict>,
): Promise<void> {
  const held = await sql.toJudge(ports.db, messageId);
  if (!held) return;
  const verdict = held.ready ? ({ state: "visible" } as const) : await verdictOf(held.text);
  await ports.db.begin(async (tx) => {
    await lockConversation(tx, held.conversationId);
    if (held.seq !== null) return await settleEdit(ports, tx, { ...held, seq: held.seq, messageId }, verdict);
    if (verdict.state === "visible") await sql.setReady(tx, messageId);
    const refused = verdict.state === "rejected" && (await sql.refuse(tx, messageId)) ? verdict : null;
    // Deliveries take the heads of both users, so the sender's own entries come after them.
    await release(ports, tx, { ...held, changed: refused ? [messageId] : [] });
    if (refused) await decideAgainst(ports, tx, { id: messageId, senderId: held.senderId }, refused);
  });
}

export interface Release extends Pick<sql.Waiting, "conversationId" | "senderId"> {
  /** Held messages that the transaction changed, for the sender's log. */
  readonly changed: readonly MessageId[];
}

/**
 * Gives the sender's judged messages their places, in the order in which they were sent, up to the first without a verdict. Where the conversation
 * ended meanwhile, or the photo was deleted, a message is dropped. Only under the lock of the conversation, and with no head held.
 */
export async function release(ports: Uses<"bus">, tx: Tx, { conversationId, senderId, changed }: Release): Promise<void> {
  const at = ports.clock.now();
  const dropped: MessageId[] = [];
  for (const taken of await sql.takeDue(tx, { conversationId, senderId, heldSince: heldSince(at), limit: RELEASED_MAX })) {
    // Its time is that of its place: times and places of a conversation have one order.
    const message = { ...taken, at };
    const isEmpty = message.text === null && message.mediaId === null;
    const placed = isEmpty ? undefined : await insert(tx, message, null);
    if (placed) await emitCreated(ports, tx, message, placed);
    else dropped.push(message.id);
  }
  await append(
    tx,
    [...dropped, ...changed].map((ref) => ({ userId: senderId, kind: "message", ref })),
    at,
  );
}

/** Delivers judged messages that waited too long for an earlier one's verdict. @returns of how many senders. */
export async function releaseDue(ports: Uses<"db" | "bus">): Promise<number> {
  const late = await sql.overdue(ports.db, { heldSince: heldSince(ports.clock.now()), limit: RELEASED_MAX });
  for (const waiting of late)
    await ports.db.begin(async (tx) => {
      await lockConversation(tx, waiting.conversationId);
      await release(ports, tx, { ...waiting, changed: [] });
    });
  return late.length;
}

/** Emits what follows from a message that has its place. */
export async function emitCreated({ bus }: Uses<"bus">, tx: Tx, message: NewMessage, { seq, recipientId, isAnswer }: Sent): Promise<void> {
  const { id: messageId, conversationId, senderId } = message;
  const created = { conversationId, messageId, seq, senderId, recipientId };
  const answered = { conversationId, answererId: senderId, otherId: recipientId };
  await bus.emitAll(tx, [
    { name: "message.created", data: created, actor: senderId },
    ...(isAnswer ? [{ name: "conversation.answered" as const, data: answered, actor: senderId }] : []),
  ]);
}

type HeldEdit = sql.ToJudge & { readonly messageId: MessageId; readonly seq: number };

async function settleEdit(ports: Uses<"bus">, tx: Tx, held: HeldEdit, verdict: TextVerdict): Promise<void> {
  const { messageId, conversationId, senderId, recipientId, seq, text } = held;
  const edit = await sql.takeEdit(tx, messageId, text);
  if (!edit) return;
  const at = ports.clock.now();
  const entry = (userId: typeof senderId) => ({ userId, kind: "message" as const, ref: messageId });
  if (verdict.state === "rejected") {
    await decideAgainst(ports, tx, { id: messageId, senderId }, verdict);
    await append(tx, [entry(senderId)], at);
    return;
  }
  await setText(tx, { messageId, text, at: edit.editedAt });
  await append(tx, [entry(senderId), entry(recipientId)], at);
  await ports.bus.emit(tx, "message.updated", { conversationId, messageId, seq, senderId, recipientId }, { actor: senderId });
}

async function decideAgainst(ports: Uses<"bus">, tx: Tx, { id, senderId }: Pick<NewMessage, "id" | "senderId">, verdict: Rejected) {
  await decide(ports, tx, {
    userId: senderId,
    subjectKind: "message",
    subjectId: id,
    restriction: "hidden",
    ground: verdict.reason,
    facts: `The rule "${verdict.rule}" matched in the message.`,
    automatedDetection: true,
    automatedDecision: true,
  });
}

/** A held message as its sender sees it. */
export async function present({ storage }: Pick<Ports, "storage">, row: sql.HeldRow): Promise<Message> {
  const { createdAt, photo, ...rest } = row;
  return {
    ...rest,
    seq: 0,
    photo: photo ? await signedPhoto({ storage }, photo) : null,
    sentAt: createdAt.toISOString(),
    editedAt: null,
    reactions: [],
  };
}
