import * as z from "zod";

// A brand per entity: passing a MatchId where a UserId belongs is a compile error.
// Every id is a UUIDv7, so ids sort by the time they were made. Some platforms write it in upper case: it is read so, and kept in lower case.
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

/** Chosen by the client, unique per sender and conversation; any UUID version is accepted. */
export const ClientMessageId = z.uuid().toLowerCase().brand<"ClientMessageId">();
export type ClientMessageId = z.infer<typeof ClientMessageId>;
/** Chosen by the client, stable for one installation. */
export const DeviceId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/, "must be 8 to 64 letters, digits, _ or -")
  .brand<"DeviceId">();
export type DeviceId = z.infer<typeof DeviceId>;
