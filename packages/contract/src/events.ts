import * as z from "zod";
import {
  BoostId,
  ChallengeId,
  ConversationId,
  DecisionId,
  type EventId,
  MatchId,
  MediaId,
  MessageId,
  NotificationId,
  ReportId,
  SessionId,
  UserId,
} from "./ids.ts";
import { PUSH_HOLD_SEC } from "./notification.ts";
import type { QueueName } from "./queues.ts";

export const SwipeAction = z.enum(["like", "superlike", "pass"]);
export type SwipeAction = z.infer<typeof SwipeAction>;

export interface EventSpec {
  readonly data: z.ZodObject;
  readonly to: readonly QueueName[];
  /** How long its queues delay it; at most 900 s (SQS). Without it there is no delay. */
  readonly delaySec?: number;
}

const pair = { userIds: z.tuple([UserId, UserId]) };
const messageRef = { conversationId: ConversationId, messageId: MessageId, seq: z.int(), senderId: UserId, recipientId: UserId };

/**
 * Events, named in the past tense. A transaction writes the event that it makes true. `to` names its queues.
 * The data of an event holds ids, never texts or addresses.
 */
export const events = {
  "otp.requested": { data: z.object({ challengeId: ChallengeId }), to: ["email"] },
  "user.registered": { data: z.object({ userId: UserId }), to: ["email", "analytics"] },
  "session.started": { data: z.object({ userId: UserId, sessionId: SessionId }), to: ["analytics"] },
  "session.revoked": { data: z.object({ userId: UserId, sessionId: SessionId }), to: ["realtime"] },
  "session.refreshReused": { data: z.object({ userId: UserId, sessionId: SessionId }), to: ["email", "analytics"] },

  "profile.updated": { data: z.object({ userId: UserId }), to: ["moderation", "matching", "search", "analytics"] },
  "profile.hidden": { data: z.object({ userId: UserId }), to: ["matching", "search"] },
  "preferences.updated": { data: z.object({ userId: UserId }), to: ["matching"] },
  "location.changed": { data: z.object({ userId: UserId }), to: ["matching", "search"] },
  "travel.started": { data: z.object({ userId: UserId }), to: ["matching", "search"] },
  "travel.ended": { data: z.object({ userId: UserId }), to: ["matching", "search"] },
  "boost.started": { data: z.object({ userId: UserId, boostId: BoostId }), to: ["matching"] },
  "boost.ended": { data: z.object({ userId: UserId, boostId: BoostId }), to: ["matching", "push"] },
  /** A push waits while the user has an open socket. It is sent after the delay, or when the last socket is lost. */
  "push.held": { data: z.object({ userId: UserId, notificationId: NotificationId }), to: ["push"], delaySec: PUSH_HOLD_SEC },
  "socket.lost": { data: z.object({ userId: UserId }), to: ["push"] },
  "picks.made": { data: z.object({ userId: UserId }), to: ["push"] },
  "media.uploaded": { data: z.object({ userId: UserId, mediaId: MediaId }), to: ["media"] },
  "media.processed": { data: z.object({ userId: UserId, mediaId: MediaId }), to: ["moderation"] },
  "media.moderated": {
    data: z.object({ userId: UserId, mediaId: MediaId, verdict: z.enum(["visible", "rejected"]) }),
    to: ["matching", "search", "realtime", "analytics"],
  },

  "swipe.recorded": { data: z.object({ swiperId: UserId, targetId: UserId, action: SwipeAction }), to: ["matching", "analytics"] },
  "swipe.rewound": { data: z.object({ swiperId: UserId, targetId: UserId }), to: ["matching", "analytics"] },
  "like.received": { data: z.object({ likerId: UserId, likedId: UserId, action: SwipeAction }), to: ["push", "realtime"] },
  "match.created": {
    data: z.object({ matchId: MatchId, conversationId: ConversationId, ...pair }),
    to: ["push", "email", "realtime", "analytics"],
  },
  "match.ended": {
    data: z.object({ matchId: MatchId, conversationId: ConversationId, endedBy: UserId, ...pair }),
    to: ["realtime", "analytics"],
  },

  "message.created": { data: z.object(messageRef), to: ["realtime", "push", "moderation", "analytics"] },
  /** A new or edited message waits for its verdict. Only the sender sees it. */
  "message.held": {
    data: z.object({ conversationId: ConversationId, messageId: MessageId, senderId: UserId }),
    to: ["moderation", "realtime"],
  },
  "message.updated": { data: z.object(messageRef), to: ["realtime", "moderation"] },
  "message.deleted": { data: z.object(messageRef), to: ["realtime"] },
  "reaction.changed": { data: z.object({ ...messageRef, reactorId: UserId }), to: ["realtime"] },
  "conversation.answered": {
    data: z.object({ conversationId: ConversationId, answererId: UserId, otherId: UserId }),
    to: ["matching"],
  },
  "conversation.read": {
    data: z.object({ conversationId: ConversationId, readerId: UserId, otherId: UserId, readSeq: z.int() }),
    to: ["realtime", "push"],
  },

  "user.blocked": { data: z.object({ blockerId: UserId, blockedId: UserId }), to: ["realtime", "matching", "analytics"] },
  "user.unblocked": { data: z.object({ blockerId: UserId, blockedId: UserId }), to: ["matching"] },
  "report.created": { data: z.object({ reportId: ReportId }), to: ["moderation", "analytics"] },
  "moderation.decided": {
    data: z.object({ decisionId: DecisionId, userId: UserId }),
    to: ["email", "push", "realtime", "matching", "search", "analytics"],
  },
  "deck.low": { data: z.object({ userId: UserId }), to: ["matching"] },
} as const satisfies Record<string, EventSpec>;

export type EventName = keyof typeof events;
export type EventData<E extends EventName> = z.infer<(typeof events)[E]["data"]>;

/** An event in a queue. `traceparent` is the trace of the request that caused it (W3C Trace Context). */
export type Envelope<E extends EventName = EventName> = {
  [K in E]: {
    readonly id: EventId;
    readonly type: K;
    readonly version: 1;
    readonly occurredAt: string;
    readonly actor: UserId | null;
    readonly traceparent: string | null;
    readonly data: EventData<K>;
  };
}[E];

/** The events that a queue receives. */
export type EventsTo<Q extends QueueName> = {
  [E in EventName]: Q extends (typeof events)[E]["to"][number] ? E : never;
}[EventName];
