import * as z from "zod";
import { Emoji } from "../emoji.ts";
import { ClientMessageId, ConversationId, MessageId } from "../ids.ts";
import { Message, messageBody, MessageText } from "../message.ts";
import { wholeNumberText } from "../number.ts";
import { page, pageInput } from "../page.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

const seq = wholeNumberText(0, 2_147_483_647).optional();

export const list = route({
  at: "GET /v1/conversations/{conversationId}/messages",
  summary: "Messages of a conversation, newest first; with `after`, the oldest after it first",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, before: seq, after: seq, ...pageInput(100, 50) }),
  output: page(Message),
  fails: ["conversation.notFound", "conversation.ended"],
  limit: "read",
  needs: ["db", "storage"],
});

export const send = route({
  at: "PUT /v1/conversations/{conversationId}/messages/{clientMessageId}",
  summary: "Sends a message once: a retry answers with the first one's id and place",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, clientMessageId: ClientMessageId, ...messageBody }),
  output: z.object({
    id: MessageId,
    /** 0 as long as only its sender sees it. */
    seq: z.int(),
    sentAt: Time,
    /** `pending`: delivered after its verdict. `hidden`: refused; only its sender sees it. */
    state: z.enum(["visible", "pending", "hidden"]),
  }),
  fails: ["conversation.notFound", "conversation.ended", "message.idReused", "media.notFound"],
  limit: "message",
  needs: ["db", "bus", "judge"],
});

export const edit = route({
  at: "PATCH /v1/conversations/{conversationId}/messages/{messageId}",
  summary: "Changes the text of your own message, up to 15 minutes after it was sent",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, messageId: MessageId, text: MessageText }),
  output: z.object({ id: MessageId, seq: z.int(), text: z.string(), editedAt: Time }),
  fails: ["conversation.notFound", "conversation.ended", "message.notFound", "message.notEditable", "message.refused"],
  limit: "message",
  needs: ["db", "bus", "judge"],
});

export const remove = route({
  at: "DELETE /v1/conversations/{conversationId}/messages/{messageId}",
  summary: "Deletes your own message for both; its place in the order remains",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, messageId: MessageId }),
  output: z.void(),
  status: 204,
  fails: ["conversation.notFound", "conversation.ended", "message.notFound", "message.notEditable"],
  limit: "write",
  needs: ["db", "bus", "storage"],
});

const reaction = z.strictObject({ conversationId: ConversationId, messageId: MessageId, emoji: Emoji });

export const react = route({
  at: "PUT /v1/conversations/{conversationId}/messages/{messageId}/reactions/{emoji}",
  summary: "Puts an emoji on a message",
  auth: "user",
  input: reaction,
  output: z.void(),
  status: 204,
  fails: ["conversation.notFound", "conversation.ended", "message.notFound", "reaction.tooMany"],
  limit: "write",
  needs: ["db", "bus"],
});

export const unreact = route({
  at: "DELETE /v1/conversations/{conversationId}/messages/{messageId}/reactions/{emoji}",
  summary: "Takes your emoji off a message",
  auth: "user",
  input: reaction,
  output: z.void(),
  status: 204,
  fails: ["conversation.notFound", "conversation.ended", "message.notFound"],
  limit: "write",
  needs: ["db", "bus"],
});
