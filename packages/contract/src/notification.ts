import * as z from "zod";
import { BoostId, ConversationId, DecisionId, MatchId, MessageId, NotificationId, UserId } from "./ids.ts";
import { Time } from "./time.ts";

export const NotificationKind = z.enum(["like", "match", "message", "moderation", "boost", "picks"]);
export type NotificationKind = z.infer<typeof NotificationKind>;

/** What may be pushed, each on or off. */
export const pushKinds = ["like", "match", "message", "moderation", "boost", "picks"] as const satisfies readonly NotificationKind[];
export type PushKind = (typeof pushKinds)[number];

/** The letters that one may do without, each on or off. Codes, security notices and statements of reasons always come. */
export const emailKinds = ["match"] as const satisfies readonly NotificationKind[];
export type EmailKind = (typeof emailKinds)[number];

/** A notification is forgotten so long after it was read, by the server and by devices. */
export const NOTIFICATION_KEPT_DAYS = 30;

/** For so long a push waits while a socket of its user counts as online: what is read meanwhile is not pushed. */
export const PUSH_HOLD_SEC = 30;

/** What a notification is about. A like names nobody. */
export const NotificationRefs = z.object({
  userId: UserId.optional(),
  matchId: MatchId.optional(),
  conversationId: ConversationId.optional(),
  messageId: MessageId.optional(),
  /** The place of the message in its conversation. */
  seq: z.int().optional(),
  decisionId: DecisionId.optional(),
  boostId: BoostId.optional(),
  /** How many people a boost showed one to. Who they are is not kept. */
  seen: z.int().optional(),
});
export type NotificationRefs = z.infer<typeof NotificationRefs>;

export const Notification = z.object({
  id: NotificationId,
  kind: NotificationKind,
  refs: NotificationRefs,
  /** How many things happened that this one notification stands for; `refs` name the newest. */
  eventCount: z.int().min(1),
  createdAt: Time,
  updatedAt: Time,
  readAt: Time.nullable(),
});
export type Notification = z.infer<typeof Notification>;
