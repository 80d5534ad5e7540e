import * as conversations from "@pendo/core/conversations/conversations";
import * as messages from "@pendo/core/messages/messages";
import type { HandleFrame } from "../middleware/handles.ts";

export const messageSend: HandleFrame<"message.send"> = async (ctx, data) => {
  const { id: messageId, seq } = await messages.send(ctx, { ...data, senderId: ctx.me });
  return { type: "ack", data: { ref: null, clientMessageId: data.clientMessageId, messageId, seq } };
};

export const messageRead: HandleFrame<"message.read"> = async (ctx, data) => {
  await conversations.markRead(ctx, { ...data, userId: ctx.me });
};
