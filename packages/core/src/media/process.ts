import type { EventId, MediaId, UserId } from "@pendo/contract/ids";
import { bankedReason } from "../moderation/hashBank.sql.ts";
import { refuseMedia } from "../moderation/mediaVerdict.ts";
import { firstTime } from "../ports/bus/inbox.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { append } from "../log/log.sql.ts";
import { derivativeKey, derivativeKeys, uploadKey } from "../rules/pictureKeys.ts";
import { claimVersion, lockMedia, markProcessed, markRefused, mediaById } from "./media.sql.ts";
import type { Decoded } from "./childDecoder.ts";
import { readPicture } from "./picture.ts";

export interface Uploaded {
  readonly factId: EventId;
  readonly userId: UserId;
  readonly mediaId: MediaId;
}

/**
 * Makes of an upload what can be shown, deletes the upload itself, and hands the picture to moderation. What is no picture fails; what looks like a
 * picture that was rejected before is rejected at once. Doing it twice changes nothing. The upload is read once: of several attempts, one publishes what it
 * read, in files that no other attempt writes.
 */
export async function processUpload(ports: Uses<"db" | "bus" | "storage">, { factId, userId, mediaId }: Uploaded): Promise<void> {
  const { db, storage, clock, ids } = ports;
  const media = await mediaById(db, mediaId);
  if (media?.state !== "uploaded") {
    // Deleted meanwhile, or done by an earlier delivery that may not have come to deleting the upload.
    if (media?.state !== "requested") await storage.remove([uploadKey(mediaId)]);
    return;
  }
  const picture = await readPicture(userId, () => storage.get(media.uploadKey));
  const banked = "phash" in picture && picture.phash !== null ? await bankedReason(db, picture.phash) : null;
  const files = { id: mediaId, version: ids.next<string>() };
  const isShowable = "derivatives" in picture && banked === null;
  const earlier = isShowable ? await claimVersion(db, files) : null;
  if (isShowable) {
    await Promise.all(picture.derivatives.map(({ width, body }) => storage.put(derivativeKey(files, width), body, "image/webp")));
  }
  const outcome = await db.begin(async (tx) => {
    const current = await lockMedia(tx, mediaId);
    if (current?.state !== "uploaded") return "over";
    // Another attempt read the upload later than this one, and publishes what it read.
    if (isShowable && current.version !== files.version) return "overtaken";
    if (!(await firstTime(tx, "media", factId, clock.now()))) return "over";
    await settle(ports, tx, { userId, mediaId, picture, banked });
    return "done";
  });
  const useless = [...(earlier ? derivativeKeys(earlier) : []), ...(outcome === "done" ? [] : derivativeKeys(files))];
  // Whoever overtook this attempt may fail, and come back for the upload.
  await storage.remove(outcome === "overtaken" ? useless : [media.uploadKey, ...useless]);
}

interface Outcome {
  readonly userId: UserId;
  readonly mediaId: MediaId;
  readonly picture: Decoded;
  readonly banked: string | null;
}

async function settle(ports: Uses<"bus">, tx: Tx, { userId, mediaId, picture, banked }: Outcome): Promise<void> {
  const at = ports.clock.now();
  if ("unreadable" in picture) {
    await markRefused(tx, { id: mediaId, state: "failed", reason: picture.unreadable });
    await append(tx, [{ userId, kind: "media", ref: mediaId }], at);
    return;
  }
  const { width, height, blur, phash } = picture;
  await markProcessed(tx, { id: mediaId, width, height, blur, phash });
  if (banked === null) {
    await append(tx, [{ userId, kind: "media", ref: mediaId }], at);
    await ports.bus.emit(tx, "media.processed", { userId, mediaId });
  } else {
    await refuseMedia(ports, tx, {
      userId,
      mediaId,
      reason: banked,
      facts: "It looks like a picture that was removed before.",
      by: "bank",
    });
  }
}
