import * as z from "zod";
import { ConversationId, MatchId, MessageId, UserId } from "./ids.ts";
import { Message } from "./message.ts";
import { Photo } from "./profile.ts";
import { Time } from "./time.ts";

/**
 * The newest message that a member has read. A mark uses its id, not its place: after the restore of a backup,
 * a conversation may give the same place to another message.
 */
export const readMark = { messageId: MessageId };

/** A conversation as one of its two members sees it. */
export const Conversation = z.object({
  id: ConversationId,
  matchId: MatchId,
  user: z.object({ id: UserId, name: z.string(), photo: Photo.nullable() }),
  lastMessage: Message.pick({ id: true, seq: true, senderId: true, kind: true, state: true, text: true, sentAt: true }).nullable(),
  lastSeq: z.int(),
  unreadCount: z.int(),
  /** The place of the newest message that you have read. `otherReadSeq` is that of `user`. */
  readSeq: z.int(),
  otherReadSeq: z.int(),
  /** Until this time you get no pushes about the conversation. */
  muteExpiresAt: Time.nullable(),
  createdAt: Time,
  /** The time of the newest message. Without messages, the time of creation. */
  activeAt: Time,
});
export type Conversation = z.infer<typeof Conversation>;
