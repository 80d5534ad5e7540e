import * as z from "zod";
import { Conversation, readMark } from "../conversation.ts";
import { ConversationId } from "../ids.ts";
import { page, pageInput } from "../page.ts";
import { route } from "../route.ts";
import { Time, TimeInput } from "../time.ts";

export const list = route({
  at: "GET /v1/conversations",
  summary: "Your conversations, newest activity first",
  auth: "user",
  input: z.strictObject(pageInput(100, 25)),
  output: page(Conversation),
  fails: [],
  limit: "read",
  needs: ["db", "storage"],
});

export const get = route({
  at: "GET /v1/conversations/{conversationId}",
  summary: "One conversation",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId }),
  output: Conversation,
  fails: ["conversation.notFound", "conversation.ended"],
  limit: "read",
  needs: ["db", "storage"],
});

export const read = route({
  at: "PUT /v1/conversations/{conversationId}/read",
  summary: "Marks everything up to a message as read; never moves back",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, ...readMark }),
  output: z.object({ readSeq: z.int(), unreadCount: z.int() }),
  fails: ["conversation.notFound", "conversation.ended", "message.notFound"],
  limit: "write",
  needs: ["db", "bus"],
});

export const mute = route({
  at: "PUT /v1/conversations/{conversationId}/mute",
  summary: "Holds pushes about a conversation back until a time, or no longer",
  auth: "user",
  input: z.strictObject({ conversationId: ConversationId, until: TimeInput.nullable() }),
  output: z.object({ mutedUntil: Time.nullable() }),
  fails: ["conversation.notFound", "conversation.ended"],
  limit: "write",
  needs: ["db"],
});
