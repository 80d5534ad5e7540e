import type { FaultCode } from "@pendo/contract/faults";
import type * as nouns from "@pendo/contract/routes/index";
import { randomIds as ids } from "@pendo/core/ports/ids/ids";
import { type Relation, relations, type Things } from "./scene.ts";

type Nouns = typeof nouns;
export type RouteName = { [N in keyof Nouns]: `${N}.${keyof Nouns[N] & string}` }[keyof Nouns];

/** The status of a success, or the fault. */
export type Answer = number | FaultCode;

export interface Row {
  readonly input: (its: Things) => Record<string, unknown>;
  /** What a signed-in user is answered, by whose the thing is that the request names. Roles add nothing to it. */
  readonly answers: Partial<Readonly<Record<Relation, Answer>>>;
}

/** A route that is about nobody but the caller. */
function alone(answer: Answer, input: Record<string, unknown> = {}): Row {
  return { input: () => input, answers: { own: answer } };
}

/** A route that names something: `otherwise` holds for every relation that is not named. */
function about(input: Row["input"], otherwise: Answer, answers: Row["answers"]): Row {
  return { input, answers: { ...Object.fromEntries(relations.map((relation) => [relation, otherwise])), ...answers } };
}

const inConversation = (success: number, further: (its: Things) => Record<string, unknown> = () => ({})): Row =>
  about((its) => ({ conversationId: its.conversationId, ...further(its) }), "conversation.ended", {
    ...{ own: success, matched: success, stranger: "conversation.notFound", unknown: "conversation.notFound" },
  });

/** `matched`: what whoever reads the message, but did not write it, is answered. */
const onMessage = (success: number, matched: Answer, further: (its: Things) => Record<string, unknown> = () => ({})): Row => {
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
  "admin.metrics": alone(200),
  "admin.queues": alone(200),
  "admin.deadLetters": alone(200, { name: "push" }),
  "admin.removeDeadLetter": alone("deadLetter.notFound", { name: "push", id: "none" }),
  "admin.redrive": alone(200, { name: "push" }),
  "admin.hashBankEntries": alone(200, { name: "pictures" }),
  "admin.removeHashBankEntry": alone("hashBank.notFound", { name: "pictures", phash: "0000000000000000" }),
  "admin.setRoles": about((its) => ({ userId: its.userId, roles: ["support"] }), 200, {
    own: "auth.forbidden",
    deleted: "user.notFound",
    unknown: "user.notFound",
  }),
  "auth.requestOtp": { input: () => ({ email: `${crypto.randomUUID()}@example.test` }), answers: { own: 202 } },
  "auth.verifyOtp": alone("auth.codeInvalid", { challengeId: ids.next<string>(), code: "000000" }),
  "auth.refresh": alone("auth.refreshInvalid", { refreshToken }),
  "auth.logout": alone(204),
  "blocks.list": alone(200),
  "blocks.put": about((its) => ({ userId: its.userId }), 204, { own: "input.invalid" }),
  // Lifting a block that is not there changes nothing, and says nothing about who exists.
  "blocks.remove": about((its) => ({ userId: its.userId }), 204, {}),
  "boosts.start": alone(200),
  "boosts.current": alone(200),
  "conversations.list": alone(200),
  "conversations.get": inConversation(200),
  "conversations.read": inConversation(200, () => ({ seq: 1 })),
  "conversations.mute": inConversation(200, () => ({ until: null })),
  "devices.bindPushToken": alone(204, { deviceId: "a-device-of-mine", platform: "ios", token: "a1".repeat(32) }),
  "devices.vapidPublicKey": alone(200),
  "devices.unbindPushToken": alone(204, { deviceId: "a-device-of-mine" }),
  "discovery.recommend": alone(200),
  // Only who may be recommended is explained; whoever is matched, blocked or gone isn't.
  "discovery.explain": about((its) => ({ userId: its.userId }), "profile.notFound", {}),
  "discovery.dailyPicks": alone(200),
  "discovery.mostCompatible": alone(200),
  "discovery.search": alone(200),
  "likes.listIncoming": alone(200),
  "likes.listOutgoing": alone(200),
  "location.set": alone(200, { lat: 52.5, lon: 13.4 }),
  "matches.list": alone(200),
  "matches.read": about((its) => ({ id: its.matchId }), "match.notFound", { own: 200, matched: 200 }),
  // Ending what has ended is as good as ending it.
  "matches.end": about((its) => ({ id: its.matchId }), 204, { stranger: "match.notFound", unknown: "match.notFound" }),
  "me.get": alone(200),
  "me.update": alone(200, { timeZone: "Europe/Lisbon" }),
  "media.upload": alone(201, { kind: "photo", contentType: "image/jpeg", bytes: 1000 }),
  "media.complete": ofMine("id", (its) => its.mediaId, 202, "media.notFound"),
  "media.read": ofMine("id", (its) => its.mediaId, 200, "media.notFound"),
  "media.remove": ofMine("id", (its) => its.mediaId, 204, "media.notFound"),
  "media.order": about((its) => ({ mediaIds: [its.mediaId] }), "input.invalid", { own: 200 }),
  "messages.list": inConversation(200),
  "messages.send": inConversation(200, () => ({ clientMessageId: crypto.randomUUID(), text: "Hello again" })),
  "messages.edit": onMessage(200, "message.notEditable", () => ({ text: "Changed" })),
  "messages.remove": onMessage(204, "message.notEditable"),
  "messages.react": onMessage(204, 204, () => ({ emoji: "🦊" })),
  "messages.unreact": onMessage(204, 204, () => ({ emoji: "🦊" })),
  "notificationPreferences.get": alone(200),
  "notificationPreferences.update": alone(200, { push: { like: false } }),
  "notifications.list": alone(200),
  "notifications.read": about((its) => ({ ids: [its.notificationId] }), "notification.notFound", { own: 200 }),
  "ops.healthz": alone(200),
  "ops.readyz": alone(200),
  "ops.openApi": alone(200),
  "ops.docs": alone(200),
  "preferences.readMine": alone(200),
  "preferences.change": alone(200, { radiusKm: 20 }),
  "profiles.readMine": alone(200),
  "profiles.change": alone(200, { bio: "Another bio." }),
  // Once a match has ended, neither user can read the profile of the other.
  "profiles.read": about((its) => ({ id: its.userId }), 200, { ...unseen, ended: "profile.notFound" }),
  "prompts.replace": alone(200, { prompts: [] }),
  "quotas.read": alone(200),
  "realtime.ticket": alone(201),
  // Who blocked somebody, or was blocked, may report all the same.
  "reports.create": about((its) => ({ userId: its.userId, reason: "spam" }), 201, {
    own: "input.invalid",
    deleted: "user.notFound",
    unknown: "user.notFound",
  }),
  "reports.read": ofMine("id", (its) => its.reportId, 200, "report.notFound"),
  "sessions.list": alone(200),
  "sessions.revoke": ofMine("id", (its) => its.sessionId, 204, "session.notFound"),
  // Once a match has ended, the two are not shown to each other again.
  "swipes.record": about((its) => ({ targetId: its.userId, action: "like" }), 200, {
    ...unseen,
    own: "swipe.self",
    ended: "profile.notFound",
  }),
  "swipes.rewind": alone("swipe.nothingToRewind"),
  "sync.sync": alone(200),
  "travel.read": alone(200),
  "travel.start": alone(200, { lat: 48.8, lon: 2.3 }),
  "travel.end": alone(204),
  "unsubscribe.ask": alone("unsubscribe.invalid", { token: "not-a-token" }),
  "unsubscribe.oneClick": alone("unsubscribe.invalid", { token: "not-a-token" }),
  "wellKnown.jwks": alone(200),
  "wellKnown.openidConfiguration": alone(200),
} satisfies Record<RouteName, Row>;
