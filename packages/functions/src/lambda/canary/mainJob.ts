import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type Client, client } from "@pendo/client/client";
import { type Frame, live } from "@pendo/client/live";
import { ProblemError } from "@pendo/client/problem";
import { ClientMessageId, type ConversationId, type UserId } from "@pendo/contract/ids";
import type { Inbox } from "./inbox.ts";
import { type CanaryPair, pairAt, photo, preferences, profile } from "./people.ts";
import { type Report, runStep, type StepName } from "./steps.ts";

export interface MainJob {
  /** Where the API is, as everybody reaches it. */
  readonly baseUrl: string;
  readonly inbox: Inbox;
  readonly report: Report;
  readonly at: Date;
  /** How long one call may take: 15 s unless told. */
  readonly callMs?: number;
  /** How long a letter may take: 20 s unless told. */
  readonly letterMs?: number;
}

const LETTER_MS = 20_000;
const CALL_MS = 15_000;
// Pictures are judged before anybody sees them. Only the first run of a pair waits for it.
const VERDICT_MS = 60_000;

type Step = <Result>(name: StepName, work: () => Promise<Result>, withinMs?: number) => Promise<Result>;

interface Canary {
  readonly pendo: Client;
  readonly userId: UserId;
}

/**
 * What people come for, from the outside: two sign in by email, look at their decks, like each other, and a message of one reaches the other's
 * socket. Throws `CanaryError`, naming the step that failed.
 */
export async function mainJob({ baseUrl, inbox, report, at, callMs = CALL_MS, letterMs = LETTER_MS }: MainJob): Promise<void> {
  const pair = pairAt(at, inbox.domain);
  const step: Step = (name, work, withinMs = callMs) => runStep(report, name, { work, withinMs });
  const [ann, bob] = await step(
    "signIn",
    () => both(pair.emails.map((email) => signIn({ baseUrl, inbox, letterMs }, email))),
    letterMs + callMs,
  );
  try {
    await step("profile", () => both([ann, bob].map((one) => introduce(one, pair))), VERDICT_MS + callMs);
    await step("deck", () => both([ann, bob].map(({ pendo }) => pendo.discovery.listRecommendations({}))));
    const conversationId = await step("like", () => likeEachOther(ann, bob));
    await talk(ann, bob, conversationId, step);
  } finally {
    // Or every run would leave two sessions.
    await Promise.allSettled([ann, bob].map(({ pendo }) => pendo.auth.logout()));
  }
}

async function both<Result>(works: readonly Promise<Result>[]): Promise<[Result, Result]> {
  return (await Promise.all(works)) as [Result, Result];
}

async function signIn(
  { baseUrl, inbox, letterMs }: Pick<MainJob, "baseUrl" | "inbox"> & { letterMs: number },
  email: string,
): Promise<Canary> {
  const pendo = client({ baseUrl, headers: { "user-agent": "Pendo-Canary/1" } });
  const watch = await inbox.watch(email);
  const { challengeId } = await pendo.auth.requestOtp({ email });
  const deadline = performance.now() + letterMs;
  for (;;) {
    const code = await watch.code(deadline - performance.now());
    try {
      const { userId, accessToken, refreshToken } = await pendo.auth.verifyOtp({ challengeId, code, deviceName: "Canary" });
      pendo.session.adopt({ accessToken, refreshToken });
      return { pendo, userId };
    } catch (error) {
      // The letter of an earlier run may be that late. Ours is still to come.
      if (!(error instanceof ProblemError && error.code === "auth.codeInvalid")) throw error;
    }
  }
}

/** Makes the profile where there is none yet, and waits until others could see it. */
async function introduce({ pendo }: Canary, { lat, lon }: CanaryPair): Promise<void> {
  const mine = await pendo.profiles.getMine();
  if (mine.discoverable) return;
  if (mine.name === null) {
    await pendo.profiles.updateMine(profile);
    await pendo.preferences.update({ ...preferences, genders: [...preferences.genders] });
  }
  if (mine.locatedAt === null) await pendo.location.replace({ lat, lon });
  if (mine.photos.length === 0) await uploadPhoto(pendo);
  for (let waitMs = 100; ; waitMs = Math.min(2_000, waitMs * 2)) {
    const { discoverable, photos, textState } = await pendo.profiles.getMine();
    if (discoverable) return;
    if (textState === "rejected" || photos.some(({ state }) => state === "rejected")) throw new Error("the profile was refused.");
    await wait(waitMs);
  }
}

async function uploadPhoto(pendo: Client): Promise<void> {
  const jpeg = photo();
  const { mediaId, upload } = await pendo.media.createUpload({ kind: "photo", contentType: "image/jpeg", bytes: jpeg.byteLength });
  const form = new FormData();
  for (const [field, value] of Object.entries(upload.fields)) form.set(field, value);
  form.set("file", new Blob([jpeg], { type: "image/jpeg" }), "photo.jpg");
  const answer = await fetch(upload.url, { method: "POST", body: form });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the upload of a picture is answered ${answer.status}.`);
  await pendo.media.completeUpload({ mediaId });
}

/** From the second run on they have matched: the same swipe then changes nothing, costs nothing, and says where they talk. */
async function likeEachOther(ann: Canary, bob: Canary): Promise<ConversationId> {
  await ann.pendo.swipes.record({ targetId: bob.userId, action: "like" });
  const { conversationId } = await bob.pendo.swipes.record({ targetId: ann.userId, action: "like" });
  if (conversationId === null) throw new Error("two likes make no match.");
  return conversationId;
}

/** Ann writes over HTTP, and Bob's socket tells him. */
async function talk(ann: Canary, bob: Canary, conversationId: ConversationId, step: Step): Promise<void> {
  const text = `It is ${new Date().toISOString()}, and all is well. ${randomUUID().slice(0, 8)}`;
  const heard = Promise.withResolvers<void>();
  const hear = (frame: Frame): void => {
    if (frame.type === "message.created" && frame.data.conversationId === conversationId && frame.data.text === text) heard.resolve();
  };
  const socket = live({ client: bob.pendo, onFrame: hear });
  try {
    await step("socket", () => socket.ready());
    // It may come before the answer to whoever sent it, and counts from when the message was sent.
    const delivered = step("delivery", () => heard.promise);
    const sent = step("message", () => ann.pendo.messages.send({ conversationId, messageId: ClientMessageId.parse(randomUUID()), text }));
    const [sending, delivery] = await Promise.allSettled([sent, delivered]);
    if (sending.status === "rejected") throw sending.reason;
    if (delivery.status === "rejected") throw delivery.reason;
  } finally {
    socket.close();
  }
}
