import type { MediaId, UserId } from "@pendo/contract/ids";
import { PHOTOS_MAX, type MediaKind, type MediaState, type MyMedia } from "@pendo/contract/media";
import { Fault } from "../fault.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import type { UploadForm } from "../ports/storage/storage.ts";
import { tellDiscoverable } from "../rules/discoverable.ts";
import { charge } from "../quotas/quotas.sql.ts";
import { windowOf } from "../quotas/windows.ts";
import { append, appendMessagesOf, appendWithMatches } from "../log/log.sql.ts";
import { derivativeKeys, type PictureFiles, uploadKey } from "../rules/pictureKeys.ts";
import {
  deleteMedia,
  freeAbandoned,
  insertMedia,
  isEvidence,
  isSent,
  lockMedia,
  lockOwner,
  markUploaded,
  mediaById,
  photoPositions,
  photosOfOwner,
  setFormExpiry,
  writePositions,
  type MediaRow,
} from "./media.sql.ts";
import { own, ownPhotos } from "./own.ts";

/** How long a form accepts its upload. */
export const UPLOAD_SEC = 600;

interface Mine {
  readonly userId: UserId;
  readonly mediaId: MediaId;
}

export interface UploadInput {
  readonly userId: UserId;
  readonly kind: MediaKind;
  readonly contentType: string;
  readonly bytes: number;
}

export interface Upload {
  readonly mediaId: MediaId;
  readonly upload: UploadForm;
  readonly expiresAt: string;
}

/**
 * A form to upload one picture with. A photo has its place in the profile from now on, though nobody sees it before it passed moderation.
 * @throws {Fault} `media.tooMany`: the profile has six photos
 * @throws {Fault} `media.quotaSpent`: the day's pictures for messages are used up
 */
export async function createUpload(
  { db, storage, clock, ids }: Uses<"db" | "storage">,
  { userId, kind, contentType, bytes }: UploadInput,
): Promise<Upload> {
  const at = clock.now();
  const mediaId = ids.next<MediaId>();
  const key = uploadKey(mediaId);
  const expiresAt = new Date(at.getTime() + UPLOAD_SEC * 1000);
  const abandoned = await db.begin(async (tx) => {
    await lockOwner(tx, userId);
    const freed = await freeAbandoned(tx, userId, at);
    const position = kind === "photo" ? await freePosition(tx, userId) : await spendMessagePhoto(tx, userId, at);
    await insertMedia(tx, { id: mediaId, userId, kind, position, contentType, uploadKey: key, at, formExpiresAt: expiresAt });
    return freed;
  });
  if (abandoned.length > 0) await storage.remove(abandoned);
  const form = await storage.uploadForm({ key, contentType, bytesMax: bytes, expiresSec: UPLOAD_SEC });
  return { mediaId, upload: form, expiresAt: expiresAt.toISOString() };
}

/**
 * A repeated request's answer: a fresh form for the same picture, or the first answer where the upload is completed.
 * @throws {Fault} `media.notFound`: the picture was deleted, or its form expired and another was asked for since
 */
export async function renewUpload(
  { db, storage, clock }: Uses<"db" | "storage">,
  { userId, bytes, first }: UploadInput & { readonly first: Upload },
): Promise<Upload> {
  const expiresAt = new Date(clock.now().getTime() + UPLOAD_SEC * 1000);
  return await db.begin(async (tx) => {
    // It stays locked until the form is signed: none is signed for a picture that is completed meanwhile.
    const media = await lockMedia(tx, first.mediaId);
    if (media?.userId !== userId) throw new Fault("media.notFound");
    if (media.state !== "requested") return first;
    await setFormExpiry(tx, media.id, expiresAt);
    const { uploadKey: key, contentType } = media;
    const upload = await storage.uploadForm({ key, contentType, bytesMax: bytes, expiresSec: UPLOAD_SEC });
    return { mediaId: media.id, upload, expiresAt: expiresAt.toISOString() };
  });
}

/** Takes one of the day's pictures for messages. They have no place in the profile. */
async function spendMessagePhoto(tx: Tx, userId: UserId, at: Date): Promise<null> {
  const quota = windowOf("messagePhoto", at);
  if (!(await charge(tx, userId, quota))) throw new Fault("media.quotaSpent", { resetsAt: quota.resetsAt });
  return null;
}

async function freePosition(tx: Tx, userId: UserId): Promise<number> {
  const taken = await photoPositions(tx, userId);
  if (taken.length >= PHOTOS_MAX) throw new Fault("media.tooMany");
  return (taken.at(-1) ?? -1) + 1;
}

/**
 * Notes that the upload is done, which sets its processing going. Saying it again changes nothing.
 * @throws {Fault} `media.notFound`: the user has no such picture
 * @throws {Fault} `media.notUploaded`: there is no such object yet
 */
export async function completeUpload(
  { db, bus, storage, clock }: Uses<"db" | "bus" | "storage">,
  { userId, mediaId }: Mine,
): Promise<{ id: MediaId; state: MediaState }> {
  const media = await ofOwner({ db }, { userId, mediaId });
  if (media.state !== "requested") return { id: mediaId, state: media.state };
  if ((await storage.head(media.uploadKey)) === null) throw new Fault("media.notUploaded");
  const at = clock.now();
  await db.begin(async (tx) => {
    if (!(await markUploaded(tx, mediaId, at))) return;
    await append(tx, [{ userId, kind: "media", ref: mediaId }], at);
    await bus.emit(tx, "media.uploaded", { userId, mediaId }, { actor: userId });
  });
  return { id: mediaId, state: "uploaded" };
}

/**
 * One's own picture.
 * @throws {Fault} `media.notFound`: the user has no such picture
 */
export async function get({ db, storage }: Uses<"db" | "storage">, mine: Mine): Promise<MyMedia> {
  return own({ storage }, await ofOwner({ db }, mine));
}

/**
 * Deletes one's own picture and its files, but not the files of one that was reported: those are evidence.
 * @throws {Fault} `media.notFound`: the user has no such picture
 */
export async function remove({ db, bus, storage, clock }: Uses<"db" | "bus" | "storage">, { userId, mediaId }: Mine): Promise<void> {
  const at = clock.now();
  const kept = await db.begin(async (tx) => {
    await lockOwner(tx, userId);
    const media = await lockMedia(tx, mediaId);
    if (media?.userId !== userId) throw new Fault("media.notFound");
    const reported = await isEvidence(tx, mediaId, at);
    const entry = { userId, kind: "media", ref: mediaId } as const;
    if (media.kind === "photo") {
      await deleteMedia(tx, mediaId);
      // The profile's row before the head of the log, as everywhere: two transactions over both never wait for each other.
      await tellDiscoverable({ bus }, tx, userId, at);
      await appendWithMatches(tx, [entry], at);
    } else {
      await appendMessagesOf(tx, mediaId, at);
      await deleteMedia(tx, mediaId);
      await append(tx, [entry], at);
    }
    return { files: media, reported };
  });
  await removeFiles({ storage }, kept);
}

/**
 * Deletes a picture that was made for a message, with its files, where no message shows it: the one that did was deleted, or it never was sent. The
 * files of one that was reported stay: they are evidence. Answers whether it was deleted.
 */
export async function removeUnsent(ports: Uses<"db" | "storage">, mediaId: MediaId): Promise<boolean> {
  return await removeWhere(ports, mediaId, async (tx, media) => media.kind !== "photo" && !(await isSent(tx, mediaId)));
}

/** Deletes a picture that was refused or could not be read, with its files, unless a report names it. Answers whether it was deleted. */
export async function removeRefused(ports: Uses<"db" | "storage">, mediaId: MediaId): Promise<boolean> {
  return await removeWhere(ports, mediaId, async (_tx, { state }) => state === "rejected" || state === "failed");
}

async function removeWhere(
  { db, storage, clock }: Uses<"db" | "storage">,
  mediaId: MediaId,
  isDue: (tx: Tx, media: MediaRow) => Promise<boolean>,
): Promise<boolean> {
  return await db.begin(async (tx) => {
    // A transaction that is sending it holds its row.
    const media = await lockMedia(tx, mediaId);
    if (!media || !(await isDue(tx, media))) return false;
    const at = clock.now();
    const reported = await isEvidence(tx, mediaId, at);
    await deleteMedia(tx, mediaId);
    await append(tx, [{ userId: media.userId, kind: "media", ref: mediaId }], at);
    // Last in the transaction: after a crash the row is still there, and another run comes back to it.
    await removeFiles({ storage }, { files: media, reported });
    return true;
  });
}

// A crash before this leaves files that nobody is ever given an address of.
async function removeFiles(
  { storage }: Pick<Ports, "storage">,
  { files, reported }: { readonly files: PictureFiles; readonly reported: boolean },
): Promise<void> {
  await storage.remove(reported ? [uploadKey(files.id)] : [uploadKey(files.id), ...derivativeKeys(files)]);
}

/**
 * Puts the photos of a profile in order.
 * @throws {Fault} `input.invalid`: these are not exactly the photos of the profile
 */
export async function replacePhotoOrder(
  { db, bus, storage, clock }: Uses<"db" | "bus" | "storage">,
  { userId, mediaIds }: { readonly userId: UserId; readonly mediaIds: readonly MediaId[] },
): Promise<{ photos: MyMedia[] }> {
  const at = clock.now();
  await db.begin(async (tx) => {
    await lockOwner(tx, userId);
    const have = (await photosOfOwner(tx, userId)).map((photo) => photo.id);
    const exactly = mediaIds.length === have.length && new Set(mediaIds).size === have.length && have.every((id) => mediaIds.includes(id));
    if (!exactly) throw new Fault("input.invalid", { fields: { "/mediaIds": "must name each photo of the profile once" } });
    if (have.every((id, i) => id === mediaIds[i])) return;
    await writePositions(tx, userId, mediaIds);
    await appendWithMatches(tx, [{ userId, kind: "profile", ref: userId }], at);
    await bus.emit(tx, "profile.updated", { userId }, { actor: userId });
  });
  return { photos: await ownPhotos({ db, storage }, userId) };
}

async function ofOwner({ db }: Pick<Ports, "db">, { userId, mediaId }: Mine): Promise<MediaRow> {
  const media = await mediaById(db, mediaId);
  if (media?.userId !== userId) throw new Fault("media.notFound");
  return media;
}
