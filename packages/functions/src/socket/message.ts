import * as conversations from "@pendo/core/conversations/conversations";
import * as messages from "@pendo/core/messages/messages";
import type { HandleFrame } from "../middleware/handles.ts";

/** Sends a message. The `ack` names its id and its place; a place of 0 means that it waits for its verdict. */
export const messageSend: HandleFrame<"message.send"> = async (ctx, data) => {
  const { id: messageId, seq } = await messages.send(ctx, { ...data, senderId: ctx.me });
  return { type: "ack", data: { ref: null, clientMessageId: data.clientMessageId, messageId, seq } };
};

/** Moves the read mark. The other member gets a receipt. */
export const messageRead: HandleFrame<"message.read"> = async (ctx, data) => {
  await conversations.markRead(ctx, { ...data, userId: ctx.me });
};
