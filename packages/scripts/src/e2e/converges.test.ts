import { replica, type Replica } from "@pendo/client/replica";
import type { EventId, MediaId, UserId } from "@pendo/contract/ids";
import * as blocks from "@pendo/core/blocks/blocks";
import * as conversations from "@pendo/core/conversations/conversations";
import { Fault } from "@pendo/core/fault";
import { listIncoming } from "@pendo/core/likes/likes";
import * as matches from "@pendo/core/matches/matches";
import { derivativeKey } from "@pendo/core/rules/pictureKeys";
import * as media from "@pendo/core/media/media";
import * as messages from "@pendo/core/messages/messages";
import * as reactions from "@pendo/core/messages/reactions";
import { judgeMedia } from "@pendo/core/moderation/mediaVerdict";
import { judgeMessage, judgeProfile } from "@pendo/core/moderation/textVerdict";
import * as notifications from "@pendo/core/notifications/notifications";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as profiles from "@pendo/core/profiles/profiles";
import * as prompts from "@pendo/core/prompts/prompts";
import * as swipes from "@pendo/core/swipes/swipes";
import { sync } from "@pendo/core/sync/sync";
import { append } from "@pendo/core/log/log.sql";
import * as location from "@pendo/core/location/location";
import * as travel from "@pendo/core/travel/travel";
import { handlers as push } from "@pendo/functions/queue/push";
import { fc } from "@pendo/engine/fastCheck.fixture";
import { expect, test } from "vitest";

const HISTORIES = 5;
const db = testDb();
const ports = { ...testPorts(db), vision: { moderationLabels: async () => labels } };
let labels: { name: string; confidence: number }[] = [];

/** A device of a user: its only source is the sync. */
const deviceOf = (userId: UserId): Replica =>
  replica({
    client: { sync: { sync: async ({ cursor } = {}) => (await sync(ports, { userId, cursor, limit: 7 })) as never } },
    pageMax: 7,
  });

/** Four people, of whom the first two are matched from the beginning. */
async function people(): Promise<UserId[]> {
  const ids = [];
  for (const name of ["Ada", "Ben", "Cleo", "Dan"]) {
    const userId = ports.ids.next<UserId>();
    await db`insert into users (id, created_at, last_active_at) values (${userId}, ${ports.clock.now()}, ${ports.clock.now()})`;
    await profiles.updateMine(ports, { userId, name, birthDate: "1990-05-05", gender: "woman", bio: "I mend radios." });
    await judgeProfile(ports, { userId });
    await location.replace(ports, { userId, lat: 52.5, lon: 13.4 });
    await addPicture(userId, "photo");
    ids.push(userId);
  }
  const [a, b] = ids as [UserId, UserId];
  await swipes.record(ports, { swiperId: a, targetId: b, action: "like" });
  await swipes.record(ports, { swiperId: b, targetId: a, action: "like" });
  return ids;
}

/** A picture that was processed, and its verdict. */
async function addPicture(userId: UserId, kind: "photo" | "messagePhoto", refused = false): Promise<MediaId> {
  const id = ports.ids.next<MediaId>();
  await ports.storage.put(derivativeKey({ id, version: null }, 1080), new Uint8Array([1]), "image/webp");
  await db.begin(async (tx) => {
    await tx`
      insert into media (id, user_id, kind, state, position, content_type, upload_key, width, height, created_at)
      select ${id}, ${userId}, ${kind}, 'processed', case when ${kind} = 'photo' then (select coalesce(max(position), -1) + 1 from media where user_id = ${userId}) end,
        'image/webp', ${id}, 10, 10, ${ports.clock.now()}`;
    await append(tx, [{ userId, kind: "media", ref: id }], ports.clock.now());
  });
  labels = refused ? [{ name: "Explicit", confidence: 99 }] : [];
  await judgeMedia(ports, { factId: ports.ids.next<EventId>(), userId, mediaId: id });
  return id;
}

interface Step {
  readonly deed: number;
  readonly who: number;
  readonly whom: number;
  readonly n: number;
}
type Deed = (me: UserId, other: UserId, n: number) => Promise<unknown>;

const pick = <T>(items: readonly T[], n: number): T | undefined => items[n % Math.max(1, items.length)];
const someConversation = async (me: UserId, n: number) => pick((await conversations.list(ports, { userId: me, limit: 9 })).items, n);
async function someMessage(me: UserId, n: number) {
  const conversation = await someConversation(me, n);
  if (!conversation) return undefined;
  const message = pick((await messages.list(ports, { userId: me, conversationId: conversation.id, limit: 50 })).items, n >> 2);
  return message && { userId: me, conversationId: conversation.id, messageId: message.id };
}
async function say(me: UserId, n: number, body: { text: string } | { kind: "photo"; mediaId: MediaId }) {
  const conversation = await someConversation(me, n);
  const clientMessageId = ports.ids.next<never>();
  if (conversation) await messages.send(ports, { kind: "text", ...body, conversationId: conversation.id, senderId: me, clientMessageId });
}
const noneOf = (me: UserId, n: number): UserId => `${me.slice(0, -2)}f${n % 3}` as UserId;
const onMessage =
  (deed: (pointer: NonNullable<Awaited<ReturnType<typeof someMessage>>>, n: number) => Promise<unknown>): Deed =>
  async (me, _other, n) => {
    const pointer = await someMessage(me, n);
    if (pointer) await deed(pointer, n);
  };

const deeds: Readonly<Record<string, Deed>> = {
  like: (swiperId, targetId) => swipes.record(ports, { swiperId, targetId, action: "like" }),
  superlike: (swiperId, targetId) => swipes.record(ports, { swiperId, targetId, action: "superlike" }),
  pass: (swiperId, targetId) => swipes.record(ports, { swiperId, targetId, action: "pass" }),
  rewind: (swiperId) => swipes.rewind(ports, { swiperId }),
  write: (me, _other, n) => say(me, n, { text: `message ${n}` }),
  writeMore: (me, _other, n) => say(me, n, { text: `again ${n}` }),
  writeHatefully: (me, _other, n) => say(me, n, { text: "kill yourself" }),
  sendPhoto: async (me, _other, n) => say(me, n, { kind: "photo", mediaId: await addPicture(me, "messagePhoto") }),
  edit: onMessage((pointer, n) => messages.update(ports, { ...pointer, text: `edited ${n}` })),
  unsend: onMessage((pointer) => messages.remove(ports, pointer)),
  react: onMessage((pointer) => reactions.add(ports, { ...pointer, emoji: "🎉" })),
  unreact: onMessage((pointer) => reactions.remove(ports, { ...pointer, emoji: "🎉" })),
  read: onMessage((pointer) => conversations.markRead(ports, pointer)),
  mute: async (me, _other, n) => {
    const conversation = await someConversation(me, n);
    const expiresAt = n % 2 ? new Date(ports.clock.now().getTime() + 3_600_000).toISOString() : null;
    if (conversation) await conversations.mute(ports, { userId: me, conversationId: conversation.id, expiresAt });
  },
  unmatch: async (me, _other, n) => {
    const conversation = n % 3 === 0 ? await someConversation(me, n) : undefined;
    if (conversation) await matches.end(ports, { matchId: conversation.matchId, endedBy: me });
  },
  block: async (me, other, n) => n % 3 === 0 && (await blocks.create(ports, { blockerId: me, userId: other })),
  // An id of this user's that no user has.
  blockNone: (me, _other, n) => blocks.create(ports, { blockerId: me, userId: noneOf(me, n) }),
  unblockNone: (me, _other, n) => blocks.remove(ports, { blockerId: me, userId: noneOf(me, n) }),
  unblock: (me, other) => blocks.remove(ports, { blockerId: me, userId: other }),
  changeProfile: (userId, _other, n) => profiles.updateMine(ports, { userId, heightCm: 150 + (n % 50), bio: `I mend ${n % 3} radios.` }),
  rename: (userId, _other, n) => profiles.updateMine(ports, { userId, name: `Robin ${"ABC"[n % 3]}` }),
  changePrompts: (userId, _other, n) =>
    prompts.replace(ports, { userId, prompts: n % 2 ? [] : [{ question: "smallJoy", answer: `Tea ${n}` }] }),
  addPhoto: (me, _other, n) => addPicture(me, "photo", n % 3 === 0),
  orderPhotos: async (me) => {
    const ids = (await profiles.getMine(ports, { userId: me })).photos.map(({ id }) => id);
    await media.replacePhotoOrder(ports, { userId: me, mediaIds: ids.toReversed() });
  },
  removePicture: async (me, _other, n) => {
    const rows = await db<{ id: MediaId }[]>`select id from media where user_id = ${me} order by id`;
    const picture = pick(rows, n);
    if (picture) await media.remove(ports, { userId: me, mediaId: picture.id });
  },
  sweepPictures: async () => {
    const rows = await db<{ id: MediaId }[]>`select id from media where kind <> 'photo' order by id desc limit 5`;
    for (const { id } of rows) await media.removeUnsent(ports, id);
  },
  travel: (userId, _other, n) => travel.start(ports, { userId, lat: 52.5 + (n % 3) / 50, lon: 13.4 }),
  endTravel: (userId) => travel.end(ports, { userId }),
  readNotifications: (userId) => notifications.markRead(ports, { userId, upTo: ports.clock.now().toISOString() }),
  consume: () => consume(),
  consumeAgain: () => consume(),
  wait: async (_me, _other, n) => ports.clock.advance((n % 100) * 1000),
};
const names = Object.keys(deeds);

/** What the queues would do with what happened so far. */
async function consume(): Promise<void> {
  for (const fact of await ports.facts()) {
    if (fact.type in push) await (push[fact.type as "like.received"] as (ctx: unknown, fact: unknown) => Promise<void>)(ports, fact);
    if (fact.type === "profile.updated") await judgeProfile(ports, fact.data);
    if (fact.type === "message.created" || fact.type === "message.updated") await judgeMessage(ports, { factId: fact.id, ...fact.data });
    await db`delete from outbox where id = ${fact.id}`;
  }
}

/** Signed addresses differ by when they were asked for. */
const unsigned = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "url" || key === "thumbnailUrl" ? "signed" : part)));
const byId = (items: readonly { readonly id: string }[]): unknown => unsigned(items.toSorted((a, b) => (a.id < b.id ? -1 : 1)));

function stateOf(held: Replica): Record<string, unknown> {
  const { counts, ...kinds } = held.state();
  return { counts, ...Object.fromEntries(Object.entries(kinds).map(([kind, ofKind]) => [kind, byId([...ofKind.values()])])) };
}

/** What the routes say, in the shape of the sync. */
async function truthOf(userId: UserId): Promise<Record<string, unknown>> {
  const [conversationList, matchList, blockList, notificationList, likes] = await Promise.all([
    conversations.list(ports, { userId, limit: 100 }),
    matches.list(ports, { userId, limit: 100 }),
    blocks.list(ports, { blockerId: userId, limit: 100 }),
    notifications.list(ports, { userId, limit: 100 }),
    listIncoming(ports, { userId, limit: 100 }),
  ]);
  const lists = await Promise.all(conversationList.items.map(({ id }) => messages.list(ports, { userId, conversationId: id, limit: 500 })));
  const own = await profiles.get(ports, { viewerId: userId, userId });
  const cards = [own, ...matchList.items.map(({ user }) => user)].map((card) => ({ ...card, distance: null }));
  const pictures = await db<{ id: MediaId; state: string }[]>`select id, state from media where user_id = ${userId}`;
  const decided = await db<{ id: string }[]>`select id from decisions where user_id = ${userId}`;
  return {
    counts: { unread: conversationList.items.reduce((sum, { unreadCount }) => sum + unreadCount, 0), likes: likes.count },
    match: byId(
      matchList.items.map(({ id, conversationId, user, matchedAt }) => ({
        kind: "match",
        id,
        match: { conversationId, userId: user.id, matchedAt },
      })),
    ),
    conversation: byId(conversationList.items.map((conversation) => ({ kind: "conversation", id: conversation.id, conversation }))),
    message: byId(lists.flatMap(({ items }) => items).map((message) => ({ kind: "message", id: message.id, message }))),
    profile: byId(cards.map((user) => ({ kind: "profile", id: user.id, user }))),
    block: byId(blockList.items.map(({ userId: id, blockedAt }) => ({ kind: "block", id, blockedAt }))),
    notification: byId(notificationList.items.map((notification) => ({ kind: "notification", id: notification.id, notification }))),
    media: byId(pictures.map(({ id, state }) => ({ kind: "media", id, state }))),
    decision: decided.map(({ id }) => id).toSorted(),
  };
}

async function play(steps: readonly Step[]): Promise<void> {
  const users = await people();
  const old = users.map(deviceOf);
  for (const { deed, who, whom, n } of steps) {
    const name = names[deed % names.length] as string;
    const [me, other] = [users[who] as UserId, users[(who + 1 + whom) % users.length] as UserId];
    await deeds[name]?.(me, other, n).catch((thrown: unknown) => {
      if (!(thrown instanceof Fault)) throw thrown;
    });
    // Each device syncs when it likes.
    if (n % 5 === 0) await old[(n >> 3) % old.length]?.catchUp();
  }
  if ((steps[0]?.n ?? 0) % 2 === 0) await consume();
  for (const [i, userId] of users.entries()) {
    const fresh = deviceOf(userId);
    await Promise.all([old[i]?.catchUp(), fresh.catchUp()]);
    const [first, second] = [stateOf(old[i] as Replica), stateOf(fresh)];
    expect(first).toEqual(second);
    const decided = [...fresh.state().decision.keys()].toSorted();
    const truth = await truthOf(userId);
    expect({ ...second, decision: decided }).toEqual(truth);
    const order = [...fresh.state().conversation.values()].map(({ conversation }) => conversation);
    const sorted = order.toSorted((a, b) => (`${a.activeAt}${a.id}` > `${b.activeAt}${b.id}` ? -1 : 1)).map(({ id }) => id);
    expect(sorted).toEqual((await conversations.list(ports, { userId, limit: 100 })).items.map(({ id }) => id));
  }
}

test("two devices that synced to the end hold equal state of every kind, and what the routes say, over random histories", async () => {
  const step = fc.record({ deed: fc.nat(names.length - 1), who: fc.nat(3), whom: fc.nat(2), n: fc.nat(10_000) });
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), play), {
    numRuns: HISTORIES,
    endOnFailure: true,
  });
});
