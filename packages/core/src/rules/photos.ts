import type { UserId } from "@pendo/contract/ids";
import type { Photo } from "@pendo/contract/profile";
import type { Ports } from "../ports/ports.ts";
import { derivativeKey, type PhotoRow } from "./pictureKeys.ts";
import { visiblePhotos } from "./photos.sql.ts";

/** How long the address of a picture is readable. */
export const PHOTO_URL_SEC = 300;

/** A picture with addresses that are readable for at most five minutes. Only for rows that passed moderation, or for their owner. */
export async function signedPhoto({ storage }: Pick<Ports, "storage">, row: PhotoRow): Promise<Photo> {
  const [url, thumbnailUrl] = await Promise.all([
    storage.url(derivativeKey(row, 1080), PHOTO_URL_SEC),
    storage.url(derivativeKey(row, 160), PHOTO_URL_SEC),
  ]);
  return { id: row.id, url, thumbnailUrl, width: row.width, height: row.height, blur: row.blur };
}

/**
 * The photos of profiles that passed moderation, in the order their owners chose. Everyone asked for is in the map.
 * It does not ask who looks: blocks and visibility are the caller's.
 */
export async function photosOf({ db, storage }: Pick<Ports, "db" | "storage">, userIds: readonly UserId[]): Promise<Map<UserId, Photo[]>> {
  const photos = new Map<UserId, Photo[]>(userIds.map((userId) => [userId, []]));
  for (const { userId, ...row } of await visiblePhotos(db, userIds)) {
    photos.get(userId)?.push(await signedPhoto({ storage }, row));
  }
  return photos;
}
