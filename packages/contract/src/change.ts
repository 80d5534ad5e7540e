import * as z from "zod";
import { Conversation } from "./conversation.ts";
import { DecisionSubject, Restriction } from "./decision.ts";
import { ConversationId, DecisionId, MatchId, MediaId, MessageId, NotificationId, UserId } from "./ids.ts";
import { MediaState } from "./media.ts";
import { Message } from "./message.ts";
import { ProfileCard } from "./profile.ts";
import { Notification, NOTIFICATION_KEPT_DAYS } from "./notification.ts";
import { Time } from "./time.ts";

const removed = z.literal(true);

/** An object that changed, as it is now, or its removal. Read notifications expire without a change. */
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
    z.object({ kind: z.literal("profile"), id: UserId, user: ProfileCard }),
    z.object({ kind: z.literal("profile"), id: UserId, removed }),
    z.object({
      kind: z.literal("media"),
      id: MediaId,
      state: MediaState,
    }),
    z.object({ kind: z.literal("media"), id: MediaId, removed }),
    z.object({
      kind: z.literal("decision"),
      id: DecisionId,
      decision: z.object({ subjectKind: DecisionSubject, subjectId: z.string(), restriction: Restriction, decidedAt: Time }),
    }),
    z.object({ kind: z.literal("decision"), id: DecisionId, removed }),
    /** A user that you blocked. `removed`: the user is no longer blocked. */
    z.object({ kind: z.literal("block"), id: UserId, blockedAt: Time }),
    z.object({ kind: z.literal("block"), id: UserId, removed }),
    z.object({ kind: z.literal("notification"), id: NotificationId, notification: Notification }),
    z.object({ kind: z.literal("notification"), id: NotificationId, removed }),
    /** Your received likes changed. `counts` has their number; the swipers stay secret. */
    z.object({ kind: z.literal("like") }),
  ])
  .meta({
    description:
      "An object that changed, as it is now. If it is `removed`, it no longer exists, or you may no longer see it. " +
      "When a match is removed, also remove its conversation, its messages, the card of the other user and the notifications about it: " +
      "they get no changes of their own. A match comes with its conversation and card, and a message or card with its conversation. " +
      `A notification expires ${NOTIFICATION_KEPT_DAYS} days after you read it, without a change. ` +
      "Cards have no distance here. `GET /v1/profiles/{userId}` has it.",
  });
export type Change = z.infer<typeof Change>;
