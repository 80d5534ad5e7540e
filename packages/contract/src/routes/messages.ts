import * as z from "zod";
import { Emoji } from "../emoji.ts";
import { ClientMessageId, ConversationId, MessageId } from "../ids.ts";
import { Message, messageBody, MessageText } from "../message.ts";
import { page, pageInput } from "../page.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

export const list = route({
  at: "GET /v1/conversations/{conversationId}/messages",
  summary: "List the messages of a conversation, newest first",
  description: "With `after`, the id of a message, the list begins with the oldest message after it.",
  auth: "user",
  input: z.strictObject({
    conversationId: ConversationId,
    before: MessageId.optional(),
    after: MessageId.optional(),
    ...pageInput(100, 50),
  }),
  output: page(Message),
  fails: ["conversation.notFound", "conversation.ended", "message.notFound"],
  limit: "read",
  needs: ["db", "storage"],
});

export const send = route({
  at: "PUT /v1/conversations/{conversationId}/messages/{messageId}",
  summary: "Send a message",
  description: "A retry with the same id returns the id and the place of the first message.",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, messageId: ClientMessageId, ...messageBody }),
  output: z.object({
    id: MessageId,
    /** The place in the conversation; 0 while only the sender sees the message. */
    seq: z.int(),
    sentAt: Time,
    /** `pending`: waits for its verdict and those of your earlier messages. `hidden`: refused, only you see it. */
    state: z.enum(["visible", "pending", "hidden"]),
  }),
  fails: ["conversation.notFound", "conversation.ended", "message.idReused", "media.notFound"],
  limit: "message",
  needs: ["db", "bus", "judge"],
});

export const update = route({
  at: "PATCH /v1/conversations/{conversationId}/messages/{messageId}",
  summary: "Update the text of your message",
  description: "You can change a message until 15 minutes after you sent it.",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, messageId: MessageId, text: MessageText }),
  output: z.object({ id: MessageId, seq: z.int(), text: z.string(), editedAt: Time }),
  fails: ["conversation.notFound", "conversation.ended", "message.notFound", "message.notEditable", "message.refused"],
  limit: "message",
  needs: ["db", "bus", "judge"],
});

export const remove = route({
  at: "DELETE /v1/conversations/{conversationId}/messages/{messageId}",
  summary: "Remove your message for both users",
  description: "The message keeps its place in the conversation and loses its content.",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, messageId: MessageId }),
  output: z.void(),
  status: 204,
  fails: ["conversation.notFound", "conversation.ended", "message.notFound", "message.notEditable"],
  limit: "write",
  needs: ["db", "bus", "storage"],
});

const reaction = z.strictObject({ conversationId: ConversationId, messageId: MessageId, emoji: Emoji });

export const addReaction = route({
  at: "PUT /v1/conversations/{conversationId}/messages/{messageId}/reactions/{emoji}",
  summary: "Add an emoji to a message",
  auth: "user",
  input: reaction,
  output: z.void(),
  status: 204,
  fails: ["conversation.notFound", "conversation.ended", "message.notFound", "reaction.tooMany"],
  limit: "write",
  needs: ["db", "bus"],
});

export const removeReaction = route({
  at: "DELETE /v1/conversations/{conversationId}/messages/{messageId}/reactions/{emoji}",
  summary: "Remove your emoji from a message",
  auth: "user",
  input: reaction,
  output: z.void(),
  status: 204,
  fails: ["conversation.notFound", "conversation.ended", "message.notFound"],
  limit: "write",
  needs: ["db", "bus"],
});
