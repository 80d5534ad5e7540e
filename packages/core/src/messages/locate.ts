import type { ConversationId, MessageId, UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import { append } from "../log/log.sql.ts";
import type { Tx } from "../ports/db/db.ts";
import { lockLive } from "../rules/live.ts";
import * as sql from "./messages.sql.ts";

/** A message, and the member of its conversation who acts on it. */
export interface Pointer {
  readonly userId: UserId;
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
}

/** A message for a change, and what the events of the change say about it. */
export interface Located {
  readonly message: sql.Target;
  readonly fact: Readonly<Record<"senderId" | "recipientId", UserId>> & Omit<Pointer, "userId"> & { readonly seq: number };
}

/**
 * Finds a message under the lock of its conversation, and what events say about it.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 * @throws {Fault} `message.notFound`: the conversation has no such message
 */
export async function locate(tx: Tx, { conversationId, messageId, userId }: Pointer): Promise<Located> {
  const otherId = await lockLive(tx, { conversationId, userId });
  const message = await sql.target(tx, { conversationId, messageId });
  if (!message) throw new Fault("message.notFound");
  const { seq, senderId } = message;
  return { message, fact: { conversationId, messageId, seq, senderId, recipientId: senderId === userId ? otherId : userId } };
}

/** Enters a changed message into the logs of both members. */
export async function appendForBoth(
  tx: Tx,
  fact: { messageId: MessageId; senderId: UserId; recipientId: UserId },
  at: Date,
): Promise<void> {
  await append(
    tx,
    [fact.senderId, fact.recipientId].map((userId) => ({ userId, kind: "message" as const, ref: fact.messageId })),
    at,
  );
}
