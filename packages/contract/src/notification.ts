import * as z from "zod";
import { BoostId, ConversationId, DecisionId, MatchId, MessageId, NotificationId, UserId } from "./ids.ts";
import { Time } from "./time.ts";

export const NotificationKind = z.enum(["like", "match", "message", "moderation", "boost", "picks"]);
export type NotificationKind = z.infer<typeof NotificationKind>;

/** The kinds of pushes. A user can turn each on or off. */
export const pushKinds = ["like", "match", "message", "moderation", "boost", "picks"] as const satisfies readonly NotificationKind[];
export type PushKind = (typeof pushKinds)[number];

/** The kinds of emails that a user can turn off. Codes, security emails and statements of reasons always come. */
export const emailKinds = ["match"] as const satisfies readonly NotificationKind[];
export type EmailKind = (typeof emailKinds)[number];

/** How long the server and devices keep a notification after it was read. */
export const NOTIFICATION_KEPT_DAYS = 30;

/** How long a push waits while the user has an open socket. If the user reads the content, no push is sent. */
export const PUSH_HOLD_SEC = 30;

/** The subject of a notification. A like names no user. */
export const NotificationRefs = z.object({
  userId: UserId.optional(),
  matchId: MatchId.optional(),
  conversationId: ConversationId.optional(),
  messageId: MessageId.optional(),
  /** The place of the message in its conversation. */
  seq: z.int().optional(),
  decisionId: DecisionId.optional(),
  boostId: BoostId.optional(),
  /** How many users saw you during a boost. Pendo does not keep their ids. */
  seen: z.int().optional(),
});
export type NotificationRefs = z.infer<typeof NotificationRefs>;

export const Notification = z.object({
  id: NotificationId,
  kind: NotificationKind,
  refs: NotificationRefs,
  /** How many events this notification covers. `refs` belong to the newest. */
  eventCount: z.int().min(1),
  createdAt: Time,
  updatedAt: Time,
  readAt: Time.nullable(),
});
export type Notification = z.infer<typeof Notification>;
