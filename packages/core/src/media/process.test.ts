import type { EventId, MediaId, UserId } from "@pendo/contract/ids";
import sharp from "sharp";
import { expect, test } from "vitest";
import { judgeMedia } from "../moderation/mediaVerdict.ts";
import { testDb } from "@pendo/local/db/testDb";
import type { Storage } from "../ports/storage/storage.ts";
import { testPorts } from "@pendo/local/testPorts";
import { addPhoto, addUpload, filesOfPicture, newPicture, newUser } from "../profiles/person.fixture.ts";
import { Fault } from "../fault.ts";
import { badFiles } from "./badFiles.fixture.ts";
import { derivativeKey, DERIVATIVE_WIDTHS, uploadKey } from "../rules/pictureKeys.ts";
import * as media from "./media.ts";
import { processUpload } from "./process.ts";

const db = testDb();
const ports = testPorts(db);
const owner = async () => newUser(ports);

const work = (userId: UserId, mediaId: MediaId, factId = ports.ids.next<EventId>()) => processUpload(ports, { factId, userId, mediaId });
const stateOf = async (userId: UserId, mediaId: MediaId) => (await media.get(ports, { userId, mediaId })).state;

async function derivative(mediaId: MediaId, width: (typeof DERIVATIVE_WIDTHS)[number]): Promise<Buffer> {
  return Buffer.from((await ports.storage.get(derivativeKey(await filesOfPicture(ports, mediaId), width)))?.body ?? []);
}

test("none of the bad files becomes visible, and each is told to its owner", async () => {
  const bad = await badFiles();
  expect(bad.length).toBeGreaterThanOrEqual(40);
  const outcomes = new Map<string, string>();
  for (const [name, file] of bad) {
    const userId = await owner();
    const mediaId = await addPhoto(ports, userId, { file });
    const { state, reason, url } = await media.get(ports, { userId, mediaId });
    outcomes.set(name, `${state} ${reason} ${url}`);
    const files = await filesOfPicture(ports, mediaId);
    const left = await Promise.all(DERIVATIVE_WIDTHS.map((width) => ports.storage.head(derivativeKey(files, width))));
    expect([name, ...left, await ports.storage.head(uploadKey(mediaId))]).toEqual([name, null, null, null, null]);
    expect(await db`select 1 from user_log where user_id = ${userId} and kind = 'media' and ref = ${mediaId}`).toHaveLength(1);
  }
  const wrong = [...outcomes].filter(([, outcome]) => !/^failed (notAPicture|animated|tooSmall|tooManyPixels|damaged) null$/.test(outcome));
  expect(wrong).toEqual([]);
  expect(await db`select 1 from media where state = 'visible'`).toHaveLength(0);
});

test.each(["jpeg", "png", "webp"] as const)(
  "a %s becomes three WebP pictures, upright, with nothing of what else the file held",
  async (format) => {
    const userId = await owner();
    const file = await sharp(await newPicture("png"))
      .withExif({
        IFD0: { Make: "PlantedMaker", Copyright: "PlantedOwner", Orientation: "6" },
        IFD3: { GPSLatitudeRef: "N", GPSLatitude: "52/1 31/1 12/1", GPSLongitudeRef: "E", GPSLongitude: "13/1 24/1 18/1" },
      })
      .withMetadata({ orientation: 6 })
      .withXmp("<x:xmpmeta xmlns:x='adobe:ns:meta/'><!-- PlantedXmp --></x:xmpmeta>")
      .toFormat(format)
      .toBuffer();
    expect(file.includes("Planted")).toBe(true);
    const mediaId = await addPhoto(ports, userId, { file, contentType: `image/${format}` });
    const { state, width, height } = await media.get(ports, { userId, mediaId });
    expect({ state, width, height }).toEqual({ state: "visible", width: 400, height: 300 });
    for (const size of DERIVATIVE_WIDTHS) {
      const body = await derivative(mediaId, size);
      const meta = await sharp(body).metadata();
      expect(meta).toMatchObject({ format: "webp", width: Math.min(size, 400) });
      expect([meta.exif, meta.xmp, meta.iptc, meta.icc, meta.orientation]).toEqual([undefined, undefined, undefined, undefined, undefined]);
      expect(body.includes("Planted") || body.includes("EXIF") || body.includes("GPS")).toBe(false);
    }
    expect(await ports.storage.head(uploadKey(mediaId))).toBeNull();
  },
);

test("an archive, or a page, behind a picture is gone when the picture is shown", async () => {
  const userId = await owner();
  const file = Buffer.concat([await newPicture(), Buffer.from("PK\u0003\u0004secret.zip<script>alert(1)</script>")]);
  const mediaId = await addPhoto(ports, userId, { file });
  expect(await stateOf(userId, mediaId)).toBe("visible");
  const shown = await derivative(mediaId, 1080);
  expect(shown.includes("secret.zip") || shown.includes("script")).toBe(false);
});

test("nothing is visible, or has an address, between processing and the verdict", async () => {
  const userId = await owner();
  const mediaId = await addUpload(ports, userId);
  await work(userId, mediaId);
  expect(await media.get(ports, { userId, mediaId })).toMatchObject({
    state: "processed",
    url: null,
    thumbnailUrl: null,
    blur: expect.stringContaining("data:"),
  });
  expect((await ports.facts("media.processed")).filter((fact) => fact.data.mediaId === mediaId)).toHaveLength(1);
});

test("a fact delivered again, or twice at once, is worked once", async () => {
  const userId = await owner();
  const mediaId = await addUpload(ports, userId);
  const factId = ports.ids.next<EventId>();
  await Promise.all([work(userId, mediaId, factId), work(userId, mediaId, factId)]);
  await work(userId, mediaId, factId);
  await Promise.all([1, 2].map(() => judgeMedia(ports, { factId, userId, mediaId })));
  const about = (await ports.facts()).filter((fact) => "mediaId" in fact.data && fact.data.mediaId === mediaId).map((fact) => fact.type);
  expect(about).toEqual(["media.uploaded", "media.processed", "media.moderated"]);
  expect(await stateOf(userId, mediaId)).toBe("visible");
});

test("a picture deleted while it is processed leaves no file", async () => {
  const userId = await owner();
  const mediaId = await addUpload(ports, userId);
  const written = new Set<string>();
  const storage: Storage = {
    ...ports.storage,
    put: async (key, body, type) => {
      written.add(key);
      await ports.storage.put(key, body, type);
    },
  };
  const factId = ports.ids.next<EventId>();
  await Promise.all([processUpload({ ...ports, storage }, { factId, userId, mediaId }), media.remove(ports, { userId, mediaId })]);
  await work(userId, mediaId);
  const keys = [uploadKey(mediaId), ...written];
  expect((await Promise.all(keys.map((key) => ports.storage.head(key)))).filter((left) => left !== null)).toEqual([]);
});

test("a copy of a rejected picture, smaller and re-encoded, is rejected before anybody looks at it; another picture is not", async () => {
  const [first, second] = [await owner(), await owner()];
  const original = await newPicture("png");
  const rejectedId = await addUpload(ports, first, { file: original });
  await work(first, rejectedId);
  const vision = { moderationLabels: async () => [{ name: "Hate Symbols", confidence: 97 }] };
  await judgeMedia({ ...ports, vision }, { factId: ports.ids.next<EventId>(), userId: first, mediaId: rejectedId });
  expect(await media.get(ports, { userId: first, mediaId: rejectedId })).toMatchObject({
    state: "rejected",
    reason: "hate",
    position: null,
  });
  const copy = await sharp(original).resize(210).modulate({ brightness: 1.05 }).jpeg({ quality: 55 }).toBuffer();
  const copyId = await addUpload(ports, second, { file: copy });
  await work(second, copyId);
  expect(await media.get(ports, { userId: second, mediaId: copyId })).toMatchObject({ state: "rejected", reason: "hate" });
  expect(await ports.storage.head(derivativeKey(await filesOfPicture(ports, copyId), 1080))).toBeNull();
  expect(await db`select ground, restriction from decisions where user_id in (${first}, ${second})`).toEqual([
    { ground: "hate", restriction: "removed" },
    { ground: "hate", restriction: "removed" },
  ]);
  expect(await stateOf(second, await addPhoto(ports, second))).toBe("visible");
});

test("the flat test card is rejected, and no other flat picture with it", async () => {
  const userId = await owner();
  const flat = (background: string) =>
    sharp({ create: { width: 300, height: 300, channels: 3, background } })
      .png()
      .toBuffer();
  const card = await addPhoto(ports, userId, { file: await flat("#ff00ff") });
  expect(await media.get(ports, { userId, mediaId: card })).toMatchObject({ state: "rejected", reason: "nudity" });
  expect(await stateOf(userId, await addPhoto(ports, userId, { file: await flat("#336699") }))).toBe("visible");
});

test("a picture that the vision service can't read fails, and its owner learns of it", async () => {
  const userId = await owner();
  const mediaId = await addUpload(ports, userId);
  await work(userId, mediaId);
  const revision = async () =>
    (await db<{ rev: number }[]>`select max(rev)::int as rev from user_log where user_id = ${userId}`)[0]?.rev ?? 0;
  const before = await revision();
  const vision = { moderationLabels: () => Promise.reject(new Fault("media.unsupported")) };

  await judgeMedia({ ...ports, vision }, { factId: ports.ids.next<EventId>(), userId, mediaId });

  expect(await media.get(ports, { userId, mediaId })).toMatchObject({ state: "failed", reason: "damaged", url: null });
  expect(await revision()).toBeGreaterThan(before);
});

test("while the eyes of moderation are closed a picture waits, unseen, and its fact fails", async () => {
  const userId = await owner();
  const mediaId = await addUpload(ports, userId);
  await work(userId, mediaId);
  const blind = { moderationLabels: async () => Promise.reject(new Error("no answer")) };
  const factId = ports.ids.next<EventId>();
  await expect(judgeMedia({ ...ports, vision: blind }, { factId, userId, mediaId })).rejects.toThrow("no answer");
  expect(await stateOf(userId, mediaId)).toBe("processed");
  await judgeMedia(ports, { factId, userId, mediaId });
  expect(await stateOf(userId, mediaId)).toBe("visible");
});

test("a picture that was judged cannot be replaced by what was posted to its form meanwhile", async () => {
  const userId = await owner();
  const mediaId = await addUpload(ports, userId, { file: await newPicture() });
  const factId = ports.ids.next<EventId>();
  // The second delivery read the upload after somebody had posted another picture, and writes when the first one is judged.
  let letWrite = () => {};
  const judged = new Promise<void>((resolve) => (letWrite = resolve));
  let reached = () => {};
  const atWriting = new Promise<void>((resolve) => (reached = resolve));
  const late: Storage = {
    ...ports.storage,
    get: async () => ({ body: await newPicture(), contentType: "image/jpeg" }),
    put: async (key, body, type) => {
      reached();
      await judged;
      await ports.storage.put(key, body, type);
    },
  };
  const second = processUpload({ ...ports, storage: late }, { factId, userId, mediaId });
  await atWriting;
  await work(userId, mediaId, factId);
  await judgeMedia(ports, { factId, userId, mediaId });
  const shown = async () => (await media.get(ports, { userId, mediaId })).url?.split("?")[0];
  const [urlBefore, filesBefore] = [await shown(), await derivative(mediaId, 1080)];
  expect(filesBefore.length).toBeGreaterThan(0);

  letWrite();
  await second;

  expect(await shown()).toBe(urlBefore);
  expect((await derivative(mediaId, 1080)).equals(filesBefore)).toBe(true);
});
