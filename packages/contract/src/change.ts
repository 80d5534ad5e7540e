import * as z from "zod";
import { Conversation } from "./conversation.ts";
import { ConversationId, DecisionId, MatchId, MediaId, MessageId, NotificationId, UserId } from "./ids.ts";
import { Message } from "./message.ts";
import { ProfileCard } from "./profile.ts";
import { Notification } from "./notification.ts";
import { Time } from "./time.ts";

const removed = z.literal(true);

/** One object that changed, as it is now, or that it is `removed`. A read notification is forgotten after NOTIFICATION_KEPT_DAYS without a change. */
export const Change = z
  .union([
    z.object({
      kind: z.literal("match"),
      id: MatchId,
      match: z.object({ conversationId: ConversationId, userId: UserId, matchedAt: Time }),
    }),
    z.object({ kind: z.literal("match"), id: MatchId, removed }),
    z.object({ kind: z.literal("conversation"), id: ConversationId, conversation: Conversation }),
    z.object({ kind: z.literal("conversation"), id: ConversationId, removed }),
    z.object({ kind: z.literal("message"), id: MessageId, message: Message }),
    z.object({ kind: z.literal("message"), id: MessageId, removed }),
    z.object({ kind: z.literal("profile"), id: UserId, card: ProfileCard }),
    z.object({ kind: z.literal("profile"), id: UserId, removed }),
    z.object({
      kind: z.literal("media"),
      id: MediaId,
      state: z.enum(["requested", "uploaded", "processed", "visible", "rejected", "failed"]),
    }),
    z.object({ kind: z.literal("media"), id: MediaId, removed }),
    z.object({
      kind: z.literal("decision"),
      id: DecisionId,
      decision: z.object({ subjectKind: z.string(), subjectId: z.string(), restriction: z.string(), decidedAt: Time }),
    }),
    z.object({ kind: z.literal("decision"), id: DecisionId, removed }),
    /** A user that this user blocked; removed: no longer blocked. */
    z.object({ kind: z.literal("block"), id: UserId, blockedAt: Time }),
    z.object({ kind: z.literal("block"), id: UserId, removed }),
    z.object({ kind: z.literal("notification"), id: NotificationId, notification: Notification }),
    z.object({ kind: z.literal("notification"), id: NotificationId, removed }),
    /** Likes came or went; `counts` says how many there are, and nothing says whose. */
    z.object({ kind: z.literal("like") }),
  ])
  .meta({
    description:
      "One object that changed, as it is now; or that it is `removed`: it no longer exists, or this user may no longer see it. " +
      "When a match is removed, remove its conversation, its messages, the card of the other user and the notices about the conversation as well: " +
      "no further change tells of them. A match comes with its conversation and card, and a message or card with its conversation. " +
      "A notice that was read is forgotten after 30 days, of which no change tells. Cards have no distance here: `GET /v1/profiles/{id}` has it.",
  });
export type Change = z.infer<typeof Change>;
