import * as z from "zod";
import { ConversationId, MatchId, MessageId, UserId } from "./ids.ts";
import { Message } from "./message.ts";
import { Photo } from "./profile.ts";
import { Time } from "./time.ts";

/**
 * Up to where a member has read. The id of the message at `seq` keeps a mark that waited on a device from standing for another message: after a
 * restored backup a conversation gives the same places again. Without it, a place beyond the newest message is refused.
 */
export const readMark = { seq: z.int().min(0).max(2_147_483_647), messageId: MessageId.optional() };

/** A conversation as one of its two members sees it. */
export const Conversation = z.object({
  id: ConversationId,
  matchId: MatchId,
  other: z.object({ userId: UserId, name: z.string(), photo: Photo.nullable() }),
  lastMessage: Message.pick({ id: true, seq: true, senderId: true, kind: true, state: true, text: true, sentAt: true }).nullable(),
  lastSeq: z.int(),
  unreadCount: z.int(),
  /** Up to where this member has read, and up to where the other has. */
  readSeq: z.int(),
  otherReadSeq: z.int(),
  /** Until when this member wants no push about it. */
  mutedUntil: Time.nullable(),
  createdAt: Time,
  /** Of the newest message, or of the beginning. */
  activeAt: Time,
});
export type Conversation = z.infer<typeof Conversation>;
