import * as z from "zod";

// Each entity has its own brand: a MatchId in the place of a UserId does not compile.
// Ids are UUIDv7, so they sort by time of creation. Upper case is accepted and becomes lower case.
const UUID_V7 = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$/;
const id = (name: string) => z.string().regex(UUID_V7, `must be a ${name} (a UUIDv7)`).toLowerCase();

export const UserId = id("user id").brand<"UserId">();
export type UserId = z.infer<typeof UserId>;
export const SessionId = id("session id").brand<"SessionId">();
export type SessionId = z.infer<typeof SessionId>;
export const ChallengeId = id("challenge id").brand<"ChallengeId">();
export type ChallengeId = z.infer<typeof ChallengeId>;
export const MediaId = id("media id").brand<"MediaId">();
export type MediaId = z.infer<typeof MediaId>;
export const PromptId = id("prompt id").brand<"PromptId">();
export type PromptId = z.infer<typeof PromptId>;
export const MatchId = id("match id").brand<"MatchId">();
export type MatchId = z.infer<typeof MatchId>;
export const ConversationId = id("conversation id").brand<"ConversationId">();
export type ConversationId = z.infer<typeof ConversationId>;
export const MessageId = id("message id").brand<"MessageId">();
export type MessageId = z.infer<typeof MessageId>;
export const ReportId = id("report id").brand<"ReportId">();
export type ReportId = z.infer<typeof ReportId>;
export const DecisionId = id("decision id").brand<"DecisionId">();
export type DecisionId = z.infer<typeof DecisionId>;
export const NotificationId = id("notification id").brand<"NotificationId">();
export type NotificationId = z.infer<typeof NotificationId>;
export const BoostId = id("boost id").brand<"BoostId">();
export type BoostId = z.infer<typeof BoostId>;
export const EventId = id("event id").brand<"EventId">();
export type EventId = z.infer<typeof EventId>;

export const ClientMessageId = z
  .uuid()
  .toLowerCase()
  .brand<"ClientMessageId">()
  .meta({ description: "An id that your client makes, unique per sender and conversation. Any UUID version is valid." });
export type ClientMessageId = z.infer<typeof ClientMessageId>;
export const DeviceId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, "must be 8 to 64 characters of A-Z, a-z, 0-9, _ or -")
  .brand<"DeviceId">()
  .meta({ description: "An id that your client makes once per installation." });
export type DeviceId = z.infer<typeof DeviceId>;
