import type { MediaId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { testDb } from "../ports/db/testDb.ts";
import { testPorts } from "../ports/testPorts.ts";
import { addPhoto, addUpload, newPerson, newPicture, newUser } from "../profiles/person.fixture.ts";
import * as profiles from "../profiles/profiles.ts";
import { derivativeKey, uploadKey } from "./keys.ts";
import * as media from "./media.ts";
import { ownPhotos } from "./own.ts";
import { photosOf } from "./photos.ts";

const ports = testPorts(testDb());
const form = { kind: "photo", contentType: "image/jpeg", bytes: 100_000 } as const;

test("POST /v1/media/uploads gives six forms, even when asked for ten at once", async () => {
  const userId = await newUser(ports);
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => media.upload(ports, { ...form, userId })));
  const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  expect(refused).toHaveLength(4);
  for (const fault of refused) expect(fault).toMatchObject({ code: "media.tooMany" });
  expect((await ownPhotos(ports, userId)).map((photo) => photo.position)).toEqual([0, 1, 2, 3, 4, 5]);
  expect((await media.upload(ports, { ...form, kind: "messagePhoto", userId })).mediaId).toBeTruthy();
});

test("forms that were not used give their places back when they expire", async () => {
  const userId = await newUser(ports);
  for (let n = 0; n < 5; n++) await media.upload(ports, { ...form, userId });
  const { mediaId, upload } = await media.upload(ports, { ...form, userId });
  await ports.storage.acceptUpload(upload.fields, await newPicture());
  ports.clock.advance(media.UPLOAD_SEC * 1000 + 1);
  await media.upload(ports, { ...form, userId });
  expect(await ownPhotos(ports, userId)).toHaveLength(1);
  expect(await ports.storage.head(uploadKey(mediaId))).toBeNull();
});

test("a form takes no more bytes than it was asked for", async () => {
  const userId = await newUser(ports);
  const { upload } = await media.upload(ports, { ...form, userId, bytes: 100 });
  await expect(ports.storage.acceptUpload(upload.fields, await newPicture())).rejects.toMatchObject({ code: "input.tooLarge" });
});

test("POST /v1/media/{id}/complete answers media.notUploaded before the file is there, and says the upload once", async () => {
  const userId = await newUser(ports);
  const { mediaId, upload } = await media.upload(ports, { ...form, userId });
  await expect(media.complete(ports, { userId, mediaId })).rejects.toMatchObject({ code: "media.notUploaded" });
  await ports.storage.acceptUpload(upload.fields, await newPicture());
  const answers = await Promise.all([1, 2, 3].map(() => media.complete(ports, { userId, mediaId })));
  expect(answers.map((answer) => answer.state)).toEqual(["uploaded", "uploaded", "uploaded"]);
  expect((await ports.facts("media.uploaded")).filter((fact) => fact.data.mediaId === mediaId)).toHaveLength(1);
});

test("somebody else's picture is media.notFound, whatever one does with it", async () => {
  const [userId, other] = [await newUser(ports), await newUser(ports)];
  const mediaId = await addPhoto(ports, other);
  for (const attempt of [media.read, media.complete, media.remove]) {
    await expect(attempt(ports, { userId, mediaId })).rejects.toMatchObject({ code: "media.notFound" });
    await expect(attempt(ports, { userId, mediaId: ports.ids.next<MediaId>() })).rejects.toMatchObject({ code: "media.notFound" });
  }
  await expect(media.order(ports, { userId, mediaIds: [mediaId] })).rejects.toMatchObject({ code: "input.invalid" });
  expect((await media.read(ports, { userId: other, mediaId })).state).toBe("visible");
});

test("DELETE /v1/media/{id} removes the files, and hides a profile without its last photo", async () => {
  const userId = await newPerson(ports);
  const [photo] = await ownPhotos(ports, userId);
  if (!photo) throw new Error("the person has no photo");
  await media.remove(ports, { userId, mediaId: photo.id });
  expect(await ports.storage.head(derivativeKey(photo.id, 1080))).toBeNull();
  expect(await profiles.readMine(ports, { userId })).toMatchObject({ discoverable: false, missing: ["photo"], photos: [] });
  expect((await ports.facts("profile.hidden")).filter((fact) => fact.data.userId === userId)).toHaveLength(1);
});

test("PUT /v1/me/photos/order puts exactly the profile's photos in order", async () => {
  const userId = await newPerson(ports);
  const second = await addPhoto(ports, userId);
  const third = await addUpload(ports, userId);
  const [first] = await ownPhotos(ports, userId);
  if (!first) throw new Error("the person has no photo");
  const order = [third, second, first.id];
  const { photos } = await media.order(ports, { userId, mediaIds: order });
  expect(photos.map((photo) => [photo.id, photo.position])).toEqual(order.map((id, i) => [id, i]));
  for (const mediaIds of [[second, third], [second, second, third], [...order, ports.ids.next<MediaId>()], []]) {
    await expect(media.order(ports, { userId, mediaIds })).rejects.toMatchObject({ code: "input.invalid" });
  }
  expect((await photosOf(ports, [userId])).get(userId)?.map((photo) => photo.id)).toEqual([second, first.id]);
});
