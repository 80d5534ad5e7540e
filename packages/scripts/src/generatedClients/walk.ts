// Pendo's main job with a TypeScript client that openapi-generator made: two users sign up, like each other and talk.
// `npm run clients:generated` generates ./pendo, compiles this file with it, and runs it against a host.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as pendo from "./pendo/index.js";

const [url = "", codesUrl = "", photos = ""] = process.argv.slice(2);

interface User {
  readonly id: string;
  readonly config: pendo.Configuration;
}

async function signUp(name: string): Promise<User> {
  const auth = new pendo.AuthApi(new pendo.Configuration({ basePath: url }));
  const email = `${name}@typescript.pendo.test`;
  const { challengeId } = await auth.authRequestOtp({ authRequestOtpRequest: { email } });
  // A user reads the code in the email. Here a small server reads it in the local console.
  const code = await (await fetch(`${codesUrl}/${email}`)).text();
  const session = await auth.authVerifyOtp({ authVerifyOtpRequest: { challengeId, code, deviceName: `${name}'s phone` } });
  assert.equal(session.registered, true);
  return { id: session.userId, config: new pendo.Configuration({ basePath: url, accessToken: session.accessToken }) };
}

async function completeProfile({ config }: User, name: string, gender: "woman" | "man"): Promise<void> {
  const profilesUpdateMineRequest: pendo.ProfilesUpdateMineRequest = {
    name,
    gender,
    birthDate: new Date(1996, 3, 5),
    intent: "relationship",
    bio: "I bake bread.",
    interests: ["baking", "hiking"],
  };
  const profile = await new pendo.ProfilesApi(config).profilesUpdateMine({ profilesUpdateMineRequest });
  assert.deepEqual([profile.name, profile.birthDate?.getFullYear(), profile.job], [name, 1996, null]);
  const preferencesUpdateRequest: pendo.PreferencesUpdateRequest = { genders: ["woman", "man"], ageMin: 18, ageMax: 60, radiusKm: 50 };
  const preferences = await new pendo.PreferencesApi(config).preferencesUpdate({ preferencesUpdateRequest });
  assert.equal(preferences.radiusKm, 50);
  await new pendo.LocationApi(config).locationReplace({ position: { lat: 52.52, lon: 13.405 } });
}

async function uploadPhoto({ config }: User, file: string): Promise<void> {
  const media = new pendo.MediaApi(config);
  const photo = await readFile(file);
  const mediaCreateUploadRequest = { kind: "photo", contentType: "image/jpeg", bytes: photo.byteLength } as const;
  const { mediaId, upload } = await media.mediaCreateUpload({ mediaCreateUploadRequest, idempotencyKey: crypto.randomUUID() });
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append("file", new Blob([photo], { type: "image/jpeg" }));
  assert.ok((await fetch(upload.url, { method: "POST", body: form })).ok);
  const { state } = await media.mediaCompleteUpload({ mediaId });
  assert.notEqual(state, "requested");
}

/** Asks again until the result is right, for at most 30 s: moderation and matching work beside the requests. */
async function until<T>(what: string, ask: () => Promise<T>, isRight: (result: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const result = await ask();
    if (isRight(result)) return result;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`Not within 30 s: ${what}`);
}

/** The problem that a request fails with. */
async function problemOf(request: Promise<unknown>): Promise<pendo.Problem> {
  const error = await request.then(
    () => assert.fail("The request does not fail."),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof pendo.ResponseError, String(error));
  return pendo.ProblemFromJSON(await error.response.json());
}

const [ann, bob] = [await signUp("ann"), await signUp("bob")];
await completeProfile(ann, "Ann", "woman");
await completeProfile(bob, "Bob", "man");
await uploadPhoto(ann, `${photos}/ann.jpg`);
await uploadPhoto(bob, `${photos}/bob.jpg`);
for (const user of [ann, bob])
  await until(
    "discoverable",
    () => new pendo.MeApi(user.config).meGet(),
    ({ discoverable }) => discoverable,
  );

const discovery = new pendo.DiscoveryApi(ann.config);
const deck = await until(
  "Bob's card",
  () => discovery.discoveryListRecommendations({ limit: 20 }),
  ({ items }) => items.some(({ id }) => id === bob.id),
);
const card = deck.items.find(({ id }) => id === bob.id);
assert.deepEqual([card?.name, card?.gender, card?.photos.length], ["Bob", "man", 1]);

const reasons = (await discovery.discoveryExplain({ userId: bob.id })).items.map(({ reason }) => reason);
const shared = reasons.find((reason) => reason.kind === "sharedInterests");
assert.deepEqual(shared?.interests.toSorted(), ["baking", "hiking"]);

const like = { action: "like" } as const;
const withComment = { ...like, comment: "Bread!", on: { mediaId: card?.photos[0]?.id ?? "" } };
const first = await new pendo.SwipesApi(ann.config).swipesRecord({ targetId: bob.id, swipesRecordRequest: withComment });
assert.equal(first.matchId, null);
const [incoming] = (await new pendo.LikesApi(bob.config).likesListIncoming()).items;
assert.deepEqual([incoming?.user.id, incoming?.comment, incoming?.on], [ann.id, "Bread!", withComment.on]);
const { conversationId } = await new pendo.SwipesApi(bob.config).swipesRecord({ targetId: ann.id, swipesRecordRequest: like });
assert.ok(conversationId);

const messageId = crypto.randomUUID();
const sent = await new pendo.MessagesApi(ann.config).messagesSend({
  conversationId,
  messageId,
  messagesSendRequest: { text: "Hello Bob" },
});
assert.ok(sent.sentAt instanceof Date);
const messages = await until(
  "the message",
  () => new pendo.MessagesApi(bob.config).messagesList({ conversationId }),
  ({ items }) => items.length === 1,
);
assert.deepEqual(
  messages.items.map(({ text, senderId }) => [text, senderId]),
  [["Hello Bob", ann.id]],
);

const { changes, hasMore, counts } = await new pendo.SyncApi(bob.config).syncSync();
assert.deepEqual([hasMore, counts.unread], [false, 1]);
const synced = changes.flatMap((change) => (change.kind === "message" && "message" in change ? [change.message.text] : []));
assert.deepEqual(synced, ["Hello Bob"]);

const conversations = new pendo.ConversationsApi(bob.config);
assert.equal((await conversations.conversationsGet({ conversationId })).unreadCount, 1);
await conversations.conversationsMarkRead({ conversationId, conversationsMarkReadRequest: { messageId: sent.id } });
assert.equal((await conversations.conversationsGet({ conversationId })).unreadCount, 0);

const selfLike = await problemOf(new pendo.SwipesApi(bob.config).swipesRecord({ targetId: bob.id, swipesRecordRequest: like }));
assert.deepEqual([selfLike.status, selfLike.code], [409, "swipe.self"]);
await new pendo.AuthApi(bob.config).authLogout();
assert.equal((await problemOf(new pendo.MeApi(bob.config).meGet())).status, 401);
