import type { FaultCode } from "@pendo/contract/faults";
import type * as nouns from "@pendo/contract/routes/index";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import { type Relation, relations, type Things } from "./scene.ts";

type Nouns = typeof nouns;
export type RouteName = { [N in keyof Nouns]: `${N}.${keyof Nouns[N] & string}` }[keyof Nouns];

/** The status of a success, or the fault. */
export type ExpectedOutcome = number | FaultCode;

export interface Row {
  readonly input: (its: Things) => Record<string, unknown>;
  /** What a signed-in user is answered, by whose the thing is that the request names. Roles add nothing to it. */
  readonly answers: Partial<Readonly<Record<Relation, ExpectedOutcome>>>;
}

/** A route that is about nobody but the caller. */
function alone(answer: ExpectedOutcome, input: Record<string, unknown> = {}): Row {
  return { input: () => input, answers: { own: answer } };
}

/** A route that names something: `otherwise` holds for every relation that is not named. */
function about(input: Row["input"], otherwise: ExpectedOutcome, answers: Row["answers"]): Row {
  return { input, answers: { ...Object.fromEntries(relations.map((relation) => [relation, otherwise])), ...answers } };
}

const inConversation = (success: number, further: (its: Things) => Record<string, unknown> = () => ({})): Row =>
  about((its) => ({ conversationId: its.conversationId, ...further(its) }), "conversation.ended", {
    ...{ own: success, matched: success, stranger: "conversation.notFound", unknown: "conversation.notFound" },
  });

/** `matched`: what whoever reads the message, but did not write it, is answered. */
const onMessage = (success: number, matched: ExpectedOutcome, further: (its: Things) => Record<string, unknown> = () => ({})): Row => {
  const row = inConversation(success, (its) => ({ messageId: its.messageId, ...further(its) }));
  return { ...row, answers: { ...row.answers, matched } };
};

const ofMine = (name: string, of: (its: Things) => string, success: number, otherwise: FaultCode): Row =>
  about((its) => ({ [name]: of(its) }), otherwise, { own: success });
const unseen = {
  blocked: "profile.notFound",
  blocker: "profile.notFound",
  deleted: "profile.notFound",
  unknown: "profile.notFound",
} as const;
const refreshToken = `${ids.next<string>()}.${"A".repeat(43)}`;

/** What every route answers to whom. A new route without a row does not compile. */
export const authorization = {
  "admin.getMetrics": alone(200),
  "admin.listQueues": alone(200),
  "admin.listDeadLetters": alone(200, { name: "push" }),
  "admin.removeDeadLetter": alone("deadLetter.notFound", { name: "push", deadLetterId: "none" }),
  "admin.redrive": alone(200, { name: "push" }),
  "admin.listHashBankEntries": alone(200, { name: "pictures" }),
  "admin.removeHashBankEntry": alone("hashBank.notFound", { name: "pictures", phash: "0000000000000000" }),
  "admin.replaceRoles": about((its) => ({ userId: its.userId, roles: ["support"] }), 200, {
    own: "auth.forbidden",
    deleted: "user.notFound",
    unknown: "user.notFound",
  }),
  "auth.requestOtp": { input: () => ({ email: `${ids.next()}@example.test` }), answers: { own: 202 } },
  "auth.verifyOtp": alone("auth.codeInvalid", { challengeId: ids.next<string>(), code: "000000" }),
  "auth.refresh": alone("auth.refreshInvalid", { refreshToken }),
  "auth.logout": alone(204),
  "blocks.list": alone(200),
  "blocks.create": about((its) => ({ userId: its.userId }), 204, { own: "input.invalid" }),
  // Lifting a block that is not there changes nothing, and says nothing about who exists.
  "blocks.remove": about((its) => ({ userId: its.userId }), 204, {}),
  "boosts.start": alone(200),
  "boosts.getCurrent": alone(200),
  "conversations.list": alone(200),
  "conversations.get": inConversation(200),
  "conversations.markRead": inConversation(200, ({ messageId }) => ({ messageId })),
  "conversations.mute": inConversation(200, () => ({ expiresAt: null })),
  "devices.replacePushToken": alone(204, { deviceId: "a-device-of-mine", platform: "ios", token: "a1".repeat(32) }),
  "devices.getVapidPublicKey": alone(200),
  "devices.removePushToken": alone(204, { deviceId: "a-device-of-mine" }),
  "discovery.listRecommendations": alone(200),
  // Only who may be recommended is explained; whoever is matched, blocked or gone isn't.
  "discovery.explain": about((its) => ({ userId: its.userId }), "profile.notFound", {}),
  "discovery.listDailyPicks": alone(200),
  "discovery.getMostCompatible": alone(200),
  "discovery.search": alone(200),
  "likes.listIncoming": alone(200),
  "likes.listOutgoing": alone(200),
  "location.replace": alone(200, { lat: 52.5, lon: 13.4 }),
  "matches.list": alone(200),
  "matches.get": about((its) => ({ matchId: its.matchId }), "match.notFound", { own: 200, matched: 200 }),
  // Ending what has ended is as good as ending it.
  "matches.end": about((its) => ({ matchId: its.matchId }), 204, { stranger: "match.notFound", unknown: "match.notFound" }),
  "me.get": alone(200),
  "me.update": alone(200, { timeZone: "Europe/Lisbon" }),
  "media.createUpload": alone(201, { kind: "photo", contentType: "image/jpeg", bytes: 1000 }),
  "media.completeUpload": ofMine("mediaId", (its) => its.mediaId, 202, "media.notFound"),
  "media.get": ofMine("mediaId", (its) => its.mediaId, 200, "media.notFound"),
  "media.remove": ofMine("mediaId", (its) => its.mediaId, 204, "media.notFound"),
  "media.replacePhotoOrder": about((its) => ({ mediaIds: [its.mediaId] }), "input.invalid", { own: 200 }),
  "messages.list": inConversation(200),
  "messages.send": inConversation(200, () => ({ messageId: ids.next(), text: "Hello again" })),
  "messages.update": onMessage(200, "message.notEditable", () => ({ text: "Changed" })),
  "messages.remove": onMessage(204, "message.notEditable"),
  "messages.addReaction": onMessage(204, 204, () => ({ emoji: "🦊" })),
  "messages.removeReaction": onMessage(204, 204, () => ({ emoji: "🦊" })),
  "notificationPreferences.get": alone(200),
  "notificationPreferences.update": alone(200, { push: { like: false } }),
  "notifications.list": alone(200),
  "notifications.markRead": about((its) => ({ ids: [its.notificationId] }), "notification.notFound", { own: 200 }),
  "ops.getHealth": alone(200),
  "ops.getReadiness": alone(200),
  "docs.getOpenApi": alone(200),
  "docs.getAsyncApi": alone(200),
  "docs.getPage": alone(200),
  "docs.getScript": alone(200),
  "docs.getErrorGuide": alone(200),
  "preferences.get": alone(200),
  "preferences.update": alone(200, { radiusKm: 20 }),
  "profiles.getMine": alone(200),
  "profiles.updateMine": alone(200, { bio: "Another bio." }),
  // Once a match has ended, neither user can read the profile of the other.
  "profiles.get": about((its) => ({ userId: its.userId }), 200, { ...unseen, ended: "profile.notFound" }),
  "prompts.replace": alone(200, { prompts: [] }),
  "quotas.get": alone(200),
  "realtime.createTicket": alone(201),
  // A user that the caller has met may be reported after a block and after deleting the account. The answer tells neither.
  "reports.create": about((its) => ({ userId: its.userId, reason: "spam" }), 201, {
    own: "input.invalid",
    unknown: "user.notFound",
  }),
  "reports.get": ofMine("reportId", (its) => its.reportId, 200, "report.notFound"),
  "sessions.list": alone(200),
  "sessions.revoke": ofMine("sessionId", (its) => its.sessionId, 204, "session.notFound"),
  // Once a match has ended, the two are not shown to each other again.
  "swipes.record": about((its) => ({ targetId: its.userId, action: "like" }), 200, {
    ...unseen,
    own: "swipe.self",
    ended: "profile.notFound",
  }),
  "swipes.rewind": alone("swipe.nothingToRewind"),
  "sync.sync": alone(200),
  "travel.get": alone(200),
  "travel.start": alone(200, { lat: 48.8, lon: 2.3 }),
  "travel.end": alone(204),
  "unsubscribe.getPage": alone("unsubscribe.invalid", { token: "not-a-token" }),
  "unsubscribe.confirm": alone("unsubscribe.invalid", { token: "not-a-token" }),
  "wellKnown.getJwks": alone(200),
  "wellKnown.getOpenidConfiguration": alone(200),
} satisfies Record<RouteName, Row>;
