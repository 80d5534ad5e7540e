import * as z from "zod";
import { Conversation, readMark } from "../conversation.ts";
import { ConversationId } from "../ids.ts";
import { page, pageInput } from "../page.ts";
import { route } from "../route.ts";
import { Time, TimeInput } from "../time.ts";

export const list = route({
  at: "GET /v1/conversations",
  summary: "List your conversations, newest activity first",
  auth: "user",
  input: z.strictObject(pageInput(100, 25)),
  output: page(Conversation),
  fails: [],
  limit: "read",
  needs: ["db", "storage"],
});

export const get = route({
  at: "GET /v1/conversations/{conversationId}",
  summary: "Get a conversation",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId }),
  output: Conversation,
  fails: ["conversation.notFound", "conversation.ended"],
  limit: "read",
  needs: ["db", "storage"],
});

export const markRead = route({
  at: "PUT /v1/conversations/{conversationId}/read",
  summary: "Mark a conversation as read up to a message",
  description: "The mark never moves back.",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, ...readMark }),
  output: z.object({ readSeq: z.int(), unreadCount: z.int() }),
  fails: ["conversation.notFound", "conversation.ended", "message.notFound"],
  limit: "write",
  needs: ["db", "bus"],
});

export const mute = route({
  at: "PUT /v1/conversations/{conversationId}/mute",
  summary: "Mute a conversation, or end its mute",
  description: "A muted conversation causes no pushes until the given time. Null ends the mute.",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, expiresAt: TimeInput.nullable() }),
  output: z.object({ muteExpiresAt: Time.nullable() }),
  fails: ["conversation.notFound", "conversation.ended"],
  limit: "write",
  needs: ["db"],
});
