import type { MessageId } from "@pendo/contract/ids";
import type { Message } from "@pendo/contract/message";
import { signedPhoto } from "../media/photos.ts";
import { decide } from "../moderation/decisions.ts";
import { lockConversation } from "../moderation/textVerdict.sql.ts";
import type { TextVerdict } from "../ports/judge/judge.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import { append } from "../sync/log.ts";
import * as sql from "./held.sql.ts";
import { insert, setText, type NewMessage, type Sent } from "./messages.sql.ts";

type Rejected = Extract<TextVerdict, { state: "rejected" }>;

/** How long a sender waits for a verdict. */
const VERDICT_WAIT_MS = 50;

/** The verdict on a message's text; null where there is none in time. */
export async function verdictOn({ judge }: Pick<Ports, "judge">, text: string | null): Promise<TextVerdict | null> {
  if (text === null) return { state: "visible" };
  const verdicts = await judge.verdicts([text], "message", VERDICT_WAIT_MS);
  return verdicts?.[0] ?? null;
}

/** Stores a message for its sender alone: until its verdict, or for good where it was refused, with the reasons. */
export async function hold(ports: Uses<"bus">, tx: Tx, message: NewMessage, verdict: Rejected | null): Promise<boolean> {
  const { id: messageId, conversationId, senderId, at } = message;
  const held = await sql.insert(tx, message, verdict ? "hidden" : "pending");
  if (!held) return false;
  await append(tx, [{ userId: senderId, kind: "message", ref: messageId }], at);
  if (verdict) await decideAgainst(ports, tx, message, verdict);
  else await ports.bus.emit(tx, "message.held", { conversationId, messageId, senderId }, { actor: senderId });
  return true;
}

/**
 * Judges a text that was sent or edited without a verdict. A clean message is delivered and a clean edit applied, as if it had been sent now; what
 * breaks a rule stays unseen by the recipient, and its sender gets the reasons. Doing it twice changes nothing.
 * @throws {Fault} `server.busy` where there is no verdict yet
 */
export async function judgeHeld(
  ports: Uses<"db" | "bus">,
  messageId: MessageId,
  verdictOf: (text: string) => Promise<TextVerdict>,
): Promise<void> {
  const held = await sql.toJudge(ports.db, messageId);
  if (!held) return;
  const verdict = await verdictOf(held.text);
  await ports.db.begin(async (tx) => {
    await lockConversation(tx, held.conversationId);
    if (held.seq !== null) await settleEdit(ports, tx, { ...held, seq: held.seq, messageId }, verdict);
    else if (verdict.state === "visible") await deliver(ports, tx, messageId);
    else if (await sql.refuse(tx, messageId)) {
      await decideAgainst(ports, tx, { id: messageId, senderId: held.senderId }, verdict);
      await append(tx, [{ userId: held.senderId, kind: "message", ref: messageId }], ports.clock.now());
    }
  });
}

/** Gives a pending message its place. Where the conversation ended meanwhile, or the photo was deleted, the message is dropped. */
async function deliver(ports: Uses<"bus">, tx: Tx, messageId: MessageId): Promise<void> {
  const taken = await sql.take(tx, messageId);
  if (!taken) return;
  // Its time is that of its place: times and places of a conversation have one order.
  const message = { ...taken, at: ports.clock.now() };
  const isEmpty = message.text === null && message.mediaId === null;
  const placed = isEmpty ? undefined : await insert(tx, message);
  if (placed) await emitCreated(ports, tx, message, placed);
  else await append(tx, [{ userId: message.senderId, kind: "message", ref: messageId }], message.at);
}

/** Emits what follows from a message that has its place. */
export async function emitCreated({ bus }: Uses<"bus">, tx: Tx, message: NewMessage, { seq, recipientId, isAnswer }: Sent): Promise<void> {
  const { id: messageId, conversationId, senderId } = message;
  await bus.emit(tx, "message.created", { conversationId, messageId, seq, senderId, recipientId }, { actor: senderId });
  if (isAnswer)
    await bus.emit(tx, "conversation.answered", { conversationId, answererId: senderId, otherId: recipientId }, { actor: senderId });
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
