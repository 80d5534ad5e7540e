import * as z from "zod";
import { ClientMessageId, ConversationId, MediaId, MessageId, UserId } from "./ids.ts";
import { Photo } from "./profile.ts";
import { isReadable, UNREADABLE } from "./text.ts";
import { Time } from "./time.ts";

export const MESSAGE_LENGTH_MAX = 4000;
/** How long after sending you can change the text of a message. */
export const MESSAGE_EDIT_SEC = 15 * 60;
/** How many different emojis a user may add to a message. */
export const REACTIONS_MAX = 5;

export const MessageKind = z.enum(["text", "photo"]);
export type MessageKind = z.infer<typeof MessageKind>;

// PostgreSQL refuses NUL. Other control characters except tab and line breaks are invisible.
const WORDS = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/;
export const MessageText = z
  .string()
  .trim()
  .min(1)
  .max(MESSAGE_LENGTH_MAX)
  .regex(WORDS, "must not hold control characters")
  .refine(isReadable, UNREADABLE);

/** A text message has `text`. A photo message has `mediaId` and may have `text` below the photo. */
export const messageBody = { kind: MessageKind.default("text"), text: MessageText.optional(), mediaId: MediaId.optional() };

export const Reaction = z.object({ userId: UserId, emoji: z.string() });

/** A message as a member of its conversation sees it. A deleted or hidden one keeps its place without content. */
export const Message = z.object({
  id: MessageId,
  conversationId: ConversationId,
  /** The place in the conversation; 0 while only the sender sees the message. */
  seq: z.int(),
  senderId: UserId,
  clientMessageId: ClientMessageId,
  kind: MessageKind,
  /** `pending`: only its sender sees it until its verdict. `hidden`: refused, only its sender sees the text. */
  state: z.enum(["visible", "pending", "hidden", "deleted"]),
  text: z.string().nullable(),
  photo: Photo.nullable(),
  sentAt: Time,
  editedAt: Time.nullable(),
  reactions: z.array(Reaction),
});
export type Message = z.infer<typeof Message>;
