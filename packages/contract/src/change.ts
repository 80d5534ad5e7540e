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
    z
      .object({
        kind: z.literal("match"),
        id: MatchId,
        match: z.object({ conversationId: ConversationId, userId: UserId, matchedAt: Time }),
      })
      .meta({ title: "MatchChange" }),
    z.object({ kind: z.literal("match"), id: MatchId, removed }).meta({ title: "MatchRemoval" }),
    z.object({ kind: z.literal("conversation"), id: ConversationId, conversation: Conversation }).meta({ title: "ConversationChange" }),
    z.object({ kind: z.literal("conversation"), id: ConversationId, removed }).meta({ title: "ConversationRemoval" }),
    z.object({ kind: z.literal("message"), id: MessageId, message: Message }).meta({ title: "MessageChange" }),
    z.object({ kind: z.literal("message"), id: MessageId, removed }).meta({ title: "MessageRemoval" }),
    z.object({ kind: z.literal("profile"), id: UserId, user: ProfileCard }).meta({ title: "ProfileChange" }),
    z.object({ kind: z.literal("profile"), id: UserId, removed }).meta({ title: "ProfileRemoval" }),
    z.object({ kind: z.literal("media"), id: MediaId, state: MediaState }).meta({ title: "MediaChange" }),
    z.object({ kind: z.literal("media"), id: MediaId, removed }).meta({ title: "MediaRemoval" }),
    z
      .object({
        kind: z.literal("decision"),
        id: DecisionId,
        decision: z.object({ subjectKind: DecisionSubject, subjectId: z.string(), restriction: Restriction, decidedAt: Time }),
      })
      .meta({ title: "DecisionChange" }),
    z.object({ kind: z.literal("decision"), id: DecisionId, removed }).meta({ title: "DecisionRemoval" }),
    /** A user that you blocked. `removed`: the user is no longer blocked. */
    z.object({ kind: z.literal("block"), id: UserId, blockedAt: Time }).meta({ title: "BlockChange" }),
    z.object({ kind: z.literal("block"), id: UserId, removed }).meta({ title: "BlockRemoval" }),
    z.object({ kind: z.literal("notification"), id: NotificationId, notification: Notification }).meta({ title: "NotificationChange" }),
    z.object({ kind: z.literal("notification"), id: NotificationId, removed }).meta({ title: "NotificationRemoval" }),
    /** Your received likes changed. `counts` has their number; the swipers stay secret. */
    z.object({ kind: z.literal("like") }).meta({ title: "LikeChange" }),
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
