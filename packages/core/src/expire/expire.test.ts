import type { ClientMessageId, MediaId, NotificationId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { couple } from "../conversations/couple.fixture.ts";
import * as messages from "../messages/messages.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { derivativeKeys, type PictureFiles, uploadKey } from "../rules/pictureKeys.ts";
import * as media from "../media/media.ts";
import { ownPhotos } from "../media/own.ts";
import { addPhoto, filesOfPicture, newPerson, newUser } from "../profiles/person.fixture.ts";
import * as reports from "../reports/reports.ts";
import { expire } from "./expire.ts";

const db = testDb();
const ports = testPorts(db);
const { storage, ids, clock } = ports;
const HOUR_MS = 3_600_000;
const ago = (hours: number): Date => new Date(clock.now().getTime() - hours * HOUR_MS);

/** Everything of one age, in hours; what is good until some time was good until then. */
async function leave(hours: number): Promise<{ mediaId: MediaId; key: string }> {
  const userId = await newUser(ports);
  const at = ago(hours);
  const [sessionId, mediaId] = [ids.next<never>(), ids.next<MediaId>()];
  const key = `uploads/${mediaId}`;
  await db`insert into otp_challenges (id, email, expires_at, created_at) values (${ids.next<never>()}, 'a@example.com', ${at}, ${at})`;
  await db`insert into idempotency_keys (user_id, key, request_hash, created_at) values (${userId}, 'k', '\\x00', ${at})`;
  await db`insert into inbox (consumer, event_id, done_at) values ('push', ${ids.next<never>()}, ${at})`;
  await db`insert into sessions (id, user_id, created_at, last_used_at) values (${sessionId}, ${userId}, ${at}, ${at})`;
  await db`insert into refresh_tokens (hash, session_id, issued_at, expires_at) values (${Buffer.from(ids.bytes(32))}, ${sessionId}, ${at}, ${at})`;
  await db`insert into quota_counters (user_id, kind, window_start, used, cap) values (${userId}, 'like', ${at}, 1, 10)`;
  await db`insert into media (id, user_id, kind, state, content_type, upload_key, created_at) values (${mediaId}, ${userId}, 'photo', 'requested', 'image/jpeg', ${key}, ${at})`;
  await storage.put(key, new Uint8Array([1, 2, 3]), "image/jpeg");
  return { mediaId, key };
}

const versions = new Map<MediaId, PictureFiles>();

/** How many files a picture has. After its row is deleted, of those that it had when this was called before. */
async function filesOf(mediaId: MediaId): Promise<number> {
  const files = versions.get(mediaId) ?? (await filesOfPicture(ports, mediaId));
  versions.set(mediaId, files);
  return (await Promise.all(derivativeKeys(files).map((key) => storage.head(key)))).filter((found) => found !== null).length;
}

const nothing = {
  challenges: 0,
  idempotencyKeys: 0,
  inboxMarks: 0,
  refreshTokens: 0,
  sessions: 0,
  activeDays: 0,
  metricDays: 0,
  uploads: 0,
  sweptUploads: 0,
  quotaCounters: 0,
  quotaRefunds: 0,
  evidence: 0,
  sentPictures: 0,
  refusedPictures: 0,
  unsentPictures: 0,
  readNotifications: 0,
  travels: 0,
  boosts: 0,
  dailyPicks: 0,
  dailyPairs: 0,
};

test("what is older than its use is deleted, each kind at its own age, and what is younger stays", async () => {
  await leave(23);
  expect(await expire(ports)).toEqual(nothing);

  const abandoned = await leave(24.5);
  expect(await expire(ports)).toEqual({ ...nothing, challenges: 1, refreshTokens: 1, uploads: 1 });
  await expect(storage.get(abandoned.key)).resolves.toBeNull();
  expect(await db`select from media where id = ${abandoned.mediaId}`).toHaveLength(0);

  await leave(25.5);
  // The idempotency key of before is still there, half an hour short of its time.
  expect(await expire(ports)).toEqual({ ...nothing, challenges: 1, refreshTokens: 1, uploads: 1, idempotencyKeys: 1 });
  await leave(73);
  expect(await expire(ports)).toMatchObject({ quotaCounters: 1, inboxMarks: 0 });
  await leave(21 * 24 + 1);
  expect(await expire(ports)).toMatchObject({ inboxMarks: 1 });
  expect(await expire(ports)).toEqual(nothing);
});

test("a quota is counted as long as its window lasts", async () => {
  const userId = await newUser(ports);
  const plant = (kind: string, days: number) =>
    db`insert into quota_counters (user_id, kind, window_start, used, cap) values (${userId}, ${kind}, ${ago(days * 24)}, 1, 1)`;
  await plant("boost", 31);
  await plant("boost", 33);
  await plant("travel", 2);
  await plant("travel", 4);
  expect(await expire(ports)).toMatchObject({ quotaCounters: 2 });
  expect(await db`select kind, window_start < ${ago(48)} as old from quota_counters where user_id = ${userId} order by kind`).toEqual([
    { kind: "boost", old: true },
    { kind: "travel", old: true },
  ]);
});

test("an upload that was completed stays, however old, with its file", async () => {
  const { mediaId, key } = await leave(1000);
  await db`update media set state = 'uploaded' where id = ${mediaId}`;
  await expire(ports);
  expect(await db`select from media where id = ${mediaId}`).toHaveLength(1);
  await expect(storage.get(key)).resolves.not.toBeNull();
});

test("two runs at once delete everything once", async () => {
  await Promise.all(Array.from({ length: 5 }, () => leave(1000)));
  const runs = await Promise.all([expire(ports), expire(ports), expire(ports)]);
  expect(runs.reduce((sum, run) => sum + run.challenges, 0)).toBe(5);
  expect(runs.reduce((sum, run) => sum + run.uploads, 0)).toBe(5);
  expect(await expire(ports)).toEqual(nothing);
});

test("a run deletes in bounded steps until nothing is left", async () => {
  await db`insert into inbox (consumer, event_id, done_at) select 'push', gen_random_uuid(), ${ago(1000)} from generate_series(1, 6000)`;
  expect(await expire(ports)).toMatchObject({ inboxMarks: 6000 });
});

test("a run ends before the time of its schedule does, and the next goes on", async () => {
  await db`insert into inbox (consumer, event_id, done_at) select 'push', gen_random_uuid(), ${ago(1000)} from generate_series(1, 6000)`;
  let calls = 0;
  // Each look at the clock takes eight seconds, so the time is over within the first round.
  const slow = { ...ports, clock: { now: () => new Date(clock.now().getTime() + 8000 * calls++) } };
  const first = (await expire(slow)).inboxMarks;
  expect(first).toBeLessThan(6000);
  expect(await expire(ports)).toMatchObject({ inboxMarks: 6000 - first });
});

test("what was posted to a form after its picture had been read goes an hour after the picture was completed", async () => {
  const userId = await newUser(ports);
  const mediaId = await addPhoto(ports, userId);
  const key = uploadKey(mediaId);
  // As S3 lets the holder of a form do until it expires.
  await storage.put(key, new Uint8Array([1]), "image/jpeg");
  clock.advance(59 * 60_000);
  await expire(ports);
  expect(await storage.head(key)).not.toBeNull();

  clock.advance(2 * 60_000);
  await expire(ports);

  expect(await storage.head(key)).toBeNull();
});

test("a picture that a deleted message leaves behind goes, even where the crash came before its files went", async () => {
  const { a, conversationId } = await couple(ports);
  const mediaId = await addPhoto(ports, a, { kind: "messagePhoto" });
  const body = { conversationId, senderId: a, clientMessageId: ids.next<ClientMessageId>(), kind: "photo", mediaId } as const;
  const { id: messageId } = await messages.send(ports, body);
  clock.advance(25 * HOUR_MS);
  expect(await expire(ports)).toMatchObject({ unsentPictures: 0 });
  expect(await filesOf(mediaId)).toBe(3);
  const crashing = { ...ports, storage: { ...storage, remove: async () => Promise.reject(new Error("the process ended")) } };
  clock.advance(40 * 24 * HOUR_MS);
  await expect(messages.remove(crashing, { conversationId, messageId, userId: a })).rejects.toThrow("the process ended");
  await expire(ports);
  expect(await filesOf(mediaId)).toBe(0);
});

test("what was kept of a report goes when its time is over, and with it the files that nobody else has", async () => {
  const [reporter, reported] = [await newUser(ports), await newPerson(ports)];
  const report = (mediaId: MediaId) =>
    reports.create(ports, { reporterId: reporter, userId: reported, reason: "harassment", note: "", mediaId });
  const evidence = async (): Promise<number> => (await db`select from evidence`).count;
  const [kept] = await ownPhotos(ports, reported);
  if (!kept) throw new Error("no photo");
  const [shared, gone] = [await addPhoto(ports, reported), await addPhoto(ports, reported)];
  const all = [await filesOf(kept.id), await filesOf(shared), await filesOf(gone)];
  await report(gone);
  await media.remove(ports, { userId: reported, mediaId: gone });
  clock.advance(100 * 24 * HOUR_MS);
  await report(shared);
  await media.remove(ports, { userId: reported, mediaId: shared });
  const present = [await filesOf(kept.id), await filesOf(shared), await filesOf(gone)];
  expect([all, present]).toEqual([
    [3, 3, 3],
    [3, 3, 3],
  ]);

  clock.advance(265 * 24 * HOUR_MS);
  expect(await expire(ports)).toMatchObject({ evidence: 0 });
  clock.advance(2 * HOUR_MS);
  expect((await Promise.all([expire(ports), expire(ports)])).reduce((sum, run) => sum + run.evidence, 0)).toBe(1);
  // The younger report names the second picture too, and the first is still its owner's.
  expect([await filesOf(kept.id), await filesOf(shared), await filesOf(gone)]).toEqual([present[0], present[1], 0]);

  clock.advance(100 * 24 * HOUR_MS);
  expect(await expire(ports)).toMatchObject({ evidence: 1 });
  expect([await filesOf(kept.id), await filesOf(shared), await evidence()]).toEqual([present[0], 0, 0]);
  // The reports themselves stay.
  expect((await db`select from reports where reporter_id = ${reporter}`).count).toBe(2);
});

test("a picture for a message goes with its message, or after a day in which it was not sent; one that is sent, and photos of profiles, stay", async () => {
  const { a, b, conversationId } = await couple(ports);
  const send = async (mediaId: MediaId) =>
    (await messages.send(ports, { conversationId, senderId: a, clientMessageId: ids.next<ClientMessageId>(), kind: "photo", mediaId })).id;
  const [unsent, sent, twice, deleted] = await Promise.all([1, 2, 3, 4].map(() => addPhoto(ports, a, { kind: "messagePhoto" })));
  const profilePhoto = await addPhoto(ports, b);
  if (!unsent || !sent || !twice || !deleted) throw new Error("no picture");
  expect(await Promise.all([unsent, sent, twice, deleted].map(filesOf))).toEqual([3, 3, 3, 3]);
  const [, first, , gone] = [await send(sent), await send(twice), await send(twice), await send(deleted)];
  for (const messageId of [first, gone]) await messages.remove(ports, { conversationId, messageId, userId: a });
  expect(await Promise.all([unsent, sent, twice, deleted].map(filesOf))).toEqual([3, 3, 3, 0]);
  await expect(send(deleted)).rejects.toMatchObject({ code: "media.notFound" });

  clock.advance(23 * HOUR_MS);
  expect(await expire(ports)).toMatchObject({ unsentPictures: 0 });
  clock.advance(2 * HOUR_MS);
  expect((await Promise.all([expire(ports), expire(ports)])).reduce((sum, run) => sum + run.unsentPictures, 0)).toBe(1);
  expect(await Promise.all([unsent, sent, twice, profilePhoto].map(filesOf))).toEqual([0, 3, 3, 3]);
  expect(await db`select id from media where id in (${unsent}, ${deleted})`).toHaveLength(0);
});

test("a notification goes a month after it was read, from the log too; one that was not read stays", async () => {
  const userId: UserId = await newUser(ports);
  const note = async (readAt: Date | null): Promise<NotificationId> => {
    const id = ids.next<NotificationId>();
    await db`
      insert into notifications (id, user_id, kind, collapse_key, refs, created_at, updated_at, read_at)
      values (${id}, ${userId}, 'match', ${id}, '{}', ${ago(2000)}, ${ago(2000)}, ${readAt})`;
    await db`insert into user_log (user_id, kind, ref, rev, logged_at) values (${userId}, 'notification', ${id}, 1, ${ago(2000)})`;
    return id;
  };
  const [unread, lately] = [await note(null), await note(ago(29 * 24))];
  await note(ago(31 * 24));
  expect(await expire(ports)).toMatchObject({ readNotifications: 1 });
  const left = (await db<{ id: string }[]>`select id from notifications where user_id = ${userId}`).map((row) => row.id);
  expect(left.toSorted()).toEqual([unread, lately].toSorted());
  const logged = (await db<{ ref: string }[]>`select ref from user_log where user_id = ${userId}`).map((row) => row.ref);
  expect(logged.toSorted()).toEqual([unread, lately].toSorted());
});

test("a picture that was refused goes after 200 days, with its row; one that is visible stays", async () => {
  const { mediaId: refused } = await leave(1000);
  const { mediaId: lately } = await leave(1000);
  const { mediaId: visible } = await leave(1000);
  await db`update media set state = 'rejected', completed_at = ${ago(201 * 24)} where id = ${refused}`;
  await db`update media set state = 'failed', completed_at = ${ago(199 * 24)} where id = ${lately}`;
  await db`update media set state = 'visible', completed_at = ${ago(900 * 24)}, position = null where id = ${visible}`;

  expect(await expire(ports)).toMatchObject({ refusedPictures: 1 });

  const left = await db<{ id: string }[]>`select id from media where id in (${refused}, ${lately}, ${visible})`;
  expect(left.map(({ id }) => id).toSorted()).toEqual([lately, visible].toSorted());
});
