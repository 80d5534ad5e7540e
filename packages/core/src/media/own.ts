import type { UserId } from "@pendo/contract/ids";
import type { MyMedia } from "@pendo/contract/media";
import type { Ports } from "../ports/ports.ts";
import { photosOfOwner, type MediaRow } from "./media.sql.ts";
import { signedPhoto } from "../rules/photos.ts";

/** The photos of one's own profile, in their order, in whatever state they are. */
export async function ownPhotos({ db, storage }: Pick<Ports, "db" | "storage">, userId: UserId): Promise<MyMedia[]> {
  const rows = await photosOfOwner(db, userId);
  return Promise.all(rows.map((row) => own({ storage }, row)));
}

/** A picture as its owner sees it, with addresses once it is visible. */
export async function own({ storage }: Pick<Ports, "storage">, row: MediaRow): Promise<MyMedia> {
  const { id, version, kind, state, reason, position, width, height, blur } = row;
  const shown =
    state === "visible" && width !== null && height !== null ? await signedPhoto({ storage }, { id, version, width, height, blur }) : null;
  return { id, kind, state, reason, position, url: shown?.url ?? null, thumbnailUrl: shown?.thumbnailUrl ?? null, width, height, blur };
}
