import type { EventId, MediaId, UserId } from "@pendo/contract/ids";
import sharp from "sharp";
import * as location from "../location/location.ts";
import type { PictureFiles } from "../rules/pictureKeys.ts";
import * as media from "../media/media.ts";
import { processUpload } from "../media/process.ts";
import { judgeMedia } from "../moderation/mediaVerdict.ts";
import { judgeProfile } from "../moderation/textVerdict.ts";
import type { TestPorts } from "@pendo/local/testPorts";
import * as profiles from "./profiles.ts";

/** An account with nothing but itself. */
export async function newUser({ db, ids, clock }: TestPorts): Promise<UserId> {
  const id = ids.next<UserId>();
  await db`insert into users (id, created_at, last_active_at) values (${id}, ${clock.now()}, ${clock.now()})`;
  return id;
}

/** Somebody whom decks and search may show, made by the same steps as everybody. */
export async function newPerson(ports: TestPorts, said: profiles.SaidInput = {}, at = { lat: 52.52, lon: 13.4 }): Promise<UserId> {
  const userId = await newUser(ports);
  await profiles.updateMine(ports, { name: "Mara", birthDate: "1994-05-17", gender: "woman", bio: "I mend old radios.", ...said, userId });
  await judgeProfile(ports, { userId });
  await location.replace(ports, { userId, ...at });
  await addPhoto(ports, userId);
  return userId;
}

let shade = 0;

/** A picture that differs from those made before. */
export function newPicture(format: "jpeg" | "png" | "webp" = "jpeg"): Promise<Buffer> {
  shade += 1;
  const squares = Array.from({ length: 12 }, (_, i) => {
    const [x, y, grey] = [(i * 97 * shade + shade * 31) % 260, (i * 53 + shade * 71 * (i + 1)) % 360, (i * 41 * shade) % 256];
    return `<rect x="${x}" y="${y}" width="90" height="70" fill="rgb(${grey},${255 - grey},${(grey * 3) % 256})"/>`;
  });
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="400"><rect width="300" height="400" fill="#345"/>${squares.join("")}</svg>`;
  return sharp(Buffer.from(drawing)).toFormat(format).toBuffer();
}

/** Where the files of a picture lie, as long as its row is there. */
export async function filesOfPicture({ db }: TestPorts, id: MediaId): Promise<PictureFiles> {
  const [row] = await db<{ version: string | null }[]>`select version from media where id = ${id}`;
  return { id, version: row?.version ?? null };
}

export interface PhotoOptions {
  readonly kind?: "photo" | "messagePhoto";
  readonly file?: Uint8Array;
  readonly contentType?: string;
}

/** Uploads a file, as a client does, and leaves it to be processed. */
export async function addUpload(ports: TestPorts, userId: UserId, options: PhotoOptions = {}): Promise<MediaId> {
  const { kind = "photo", file = await newPicture(), contentType = "image/jpeg" } = options;
  const { mediaId, upload } = await media.createUpload(ports, { userId, kind, contentType, bytes: Math.max(1, file.byteLength) });
  if (file.byteLength > 0) await ports.storage.acceptUpload(upload.fields, file);
  else await ports.storage.put(`uploads/${mediaId}`, file, contentType);
  await media.completeUpload(ports, { userId, mediaId });
  return mediaId;
}

/** A photo that went all the way to its verdict. */
export async function addPhoto(ports: TestPorts, userId: UserId, options: PhotoOptions = {}): Promise<MediaId> {
  const mediaId = await addUpload(ports, userId, options);
  await processUpload(ports, { factId: ports.ids.next<EventId>(), userId, mediaId });
  await judgeMedia(ports, { factId: ports.ids.next<EventId>(), userId, mediaId });
  return mediaId;
}
