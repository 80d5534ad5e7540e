import type { MediaId } from "@pendo/contract/ids";
import { quotas } from "@pendo/contract/quotas";
import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addPhoto, addUpload, filesOfPicture, newPerson, newPicture, newUser } from "../profiles/person.fixture.ts";
import * as profiles from "../profiles/profiles.ts";
import { derivativeKey, uploadKey } from "../rules/pictureKeys.ts";
import * as media from "./media.ts";
import { ownPhotos } from "./own.ts";
import { photosOf } from "../rules/photos.ts";

const ports = testPorts(testDb());
const form = { kind: "photo", contentType: "image/jpeg", bytes: 100_000 } as const;

test("POST /v1/media/uploads gives six forms, even when asked for ten at once", async () => {
  const userId = await newUser(ports);
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => media.createUpload(ports, { ...form, userId })));
  const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  expect(refused).toHaveLength(4);
  for (const fault of refused) expect(fault).toMatchObject({ code: "media.tooMany" });
  expect((await ownPhotos(ports, userId)).map((photo) => photo.position)).toEqual([0, 1, 2, 3, 4, 5]);
  expect((await media.createUpload(ports, { ...form, kind: "messagePhoto", userId })).mediaId).toBeTruthy();
});

test("forms that were not used give their places back when they expire", async () => {
  const userId = await newUser(ports);
  for (let n = 0; n < 5; n++) await media.createUpload(ports, { ...form, userId });
  const { mediaId, upload } = await media.createUpload(ports, { ...form, userId });
  await ports.storage.acceptUpload(upload.fields, await newPicture());
  ports.clock.advance(media.UPLOAD_SEC * 1000 + 1);
  await media.createUpload(ports, { ...form, userId });
  expect(await ownPhotos(ports, userId)).toHaveLength(1);
  expect(await ports.storage.head(uploadKey(mediaId))).toBeNull();
});

test("a form takes no more bytes than it was asked for", async () => {
  const userId = await newUser(ports);
  const { upload } = await media.createUpload(ports, { ...form, userId, bytes: 100 });
  await expect(ports.storage.acceptUpload(upload.fields, await newPicture())).rejects.toMatchObject({ code: "input.tooLarge" });
});

test("POST /v1/media/{mediaId}/complete answers media.notUploaded before the file is there, and says the upload once", async () => {
  const userId = await newUser(ports);
  const { mediaId, upload } = await media.createUpload(ports, { ...form, userId });
  await expect(media.completeUpload(ports, { userId, mediaId })).rejects.toMatchObject({ code: "media.notUploaded" });
  await ports.storage.acceptUpload(upload.fields, await newPicture());
  const answers = await Promise.all([1, 2, 3].map(() => media.completeUpload(ports, { userId, mediaId })));
  expect(answers.map((answer) => answer.state)).toEqual(["uploaded", "uploaded", "uploaded"]);
  expect((await ports.facts("media.uploaded")).filter((fact) => fact.data.mediaId === mediaId)).toHaveLength(1);
});

test("somebody else's picture is media.notFound, whatever one does with it", async () => {
  const [userId, other] = [await newUser(ports), await newUser(ports)];
  const mediaId = await addPhoto(ports, other);
  for (const attempt of [media.get, media.completeUpload, media.remove]) {
    await expect(attempt(ports, { userId, mediaId })).rejects.toMatchObject({ code: "media.notFound" });
    await expect(attempt(ports, { userId, mediaId: ports.ids.next<MediaId>() })).rejects.toMatchObject({ code: "media.notFound" });
  }
  await expect(media.replacePhotoOrder(ports, { userId, mediaIds: [mediaId] })).rejects.toMatchObject({ code: "input.invalid" });
  expect((await media.get(ports, { userId: other, mediaId })).state).toBe("visible");
});

test("DELETE /v1/media/{mediaId} removes the files, and hides a profile without its last photo", async () => {
  const userId = await newPerson(ports);
  const [photo] = await ownPhotos(ports, userId);
  if (!photo) throw new Error("the person has no photo");
  const files = await filesOfPicture(ports, photo.id);
  expect(await ports.storage.head(derivativeKey(files, 1080))).not.toBeNull();
  await media.remove(ports, { userId, mediaId: photo.id });
  expect(await ports.storage.head(derivativeKey(files, 1080))).toBeNull();
  expect(await profiles.getMine(ports, { userId })).toMatchObject({ discoverable: false, missing: ["photo"], photos: [] });
  expect((await ports.facts("profile.hidden")).filter((fact) => fact.data.userId === userId)).toHaveLength(1);
});

test("PUT /v1/me/photos/order puts exactly the profile's photos in order", async () => {
  const userId = await newPerson(ports);
  const second = await addPhoto(ports, userId);
  const third = await addUpload(ports, userId);
  const [first] = await ownPhotos(ports, userId);
  if (!first) throw new Error("the person has no photo");
  const order = [third, second, first.id];
  const { photos } = await media.replacePhotoOrder(ports, { userId, mediaIds: order });
  expect(photos.map((photo) => [photo.id, photo.position])).toEqual(order.map((id, i) => [id, i]));
  for (const mediaIds of [[second, third], [second, second, third], [...order, ports.ids.next<MediaId>()], []]) {
    await expect(media.replacePhotoOrder(ports, { userId, mediaIds })).rejects.toMatchObject({ code: "input.invalid" });
  }
  expect((await photosOf(ports, [userId])).get(userId)?.map((photo) => photo.id)).toEqual([second, first.id]);
});

test("a repeated request gets a fresh form while the picture waits for its upload, and the first answer afterwards", async () => {
  const userId = await newUser(ports);
  const first = await media.createUpload(ports, { ...form, userId });
  ports.clock.advance(media.UPLOAD_SEC * 1000 + 1);
  await expect(ports.storage.acceptUpload(first.upload.fields, await newPicture())).rejects.toMatchObject({ code: "auth.forbidden" });

  const renewed = await media.renewUpload(ports, { ...form, userId, first });

  expect(renewed.mediaId).toBe(first.mediaId);
  expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(ports.clock.now().getTime());
  // Another upload gives back the places of expired forms; this one did not expire.
  await media.createUpload(ports, { ...form, userId });
  await ports.storage.acceptUpload(renewed.upload.fields, await newPicture());
  await media.completeUpload(ports, { userId, mediaId: first.mediaId });
  expect(await media.renewUpload(ports, { ...form, userId, first })).toEqual(first);
});

test("a repeated request for a picture that was deleted, or is another user's, answers media.notFound", async () => {
  const [userId, other] = [await newUser(ports), await newUser(ports)];
  const first = await media.createUpload(ports, { ...form, userId });
  await expect(media.renewUpload(ports, { ...form, userId: other, first })).rejects.toMatchObject({ code: "media.notFound" });
  await media.remove(ports, { userId, mediaId: first.mediaId });
  await expect(media.renewUpload(ports, { ...form, userId, first })).rejects.toMatchObject({ code: "media.notFound" });
});

test("the photos for messages of a day are counted, used or deleted, until the next day", async () => {
  const userId = await newUser(ports);
  const { cap } = quotas.messagePhoto;
  const ask = () => media.createUpload(ports, { ...form, kind: "messagePhoto", userId });
  for (let n = 0; n < cap; n++) await media.remove(ports, { userId, mediaId: (await ask()).mediaId });

  await expect(ask()).rejects.toMatchObject({ code: "media.quotaSpent", resetsAt: expect.any(Date) });

  expect((await media.createUpload(ports, { ...form, userId })).mediaId).toBeTruthy();
  ports.clock.advance(24 * 3_600_000);
  expect((await ask()).mediaId).toBeTruthy();
});
