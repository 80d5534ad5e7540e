import * as z from "zod";
import { MediaId } from "./ids.ts";

/** Phones write up to 20 MB for a picture of 108 megapixels. */
export const MEDIA_BYTES_MAX = 25 * 1024 * 1024;
/** The picture types that Pendo reads. The content of the file decides, not the declared type. */
export const PictureType = z.enum(["image/jpeg", "image/png", "image/webp", "image/avif", "image/heic", "image/heif"]);
export const PHOTOS_MAX = 6;

export const MediaKind = z.enum(["photo", "messagePhoto"]);
export type MediaKind = z.infer<typeof MediaKind>;
export const MediaState = z.enum(["requested", "uploaded", "processed", "visible", "rejected", "failed"]);
export type MediaState = z.infer<typeof MediaState>;

/** A picture as its owner sees it. It has addresses once it is visible. */
export const MyMedia = z.object({
  id: MediaId,
  kind: z.enum(["photo", "messagePhoto", "voice"]),
  state: MediaState,
  /** Why the picture was rejected or could not be read. */
  reason: z.string().nullable(),
  /** The place among the photos of the profile. */
  position: z.int().nullable(),
  url: z.string().nullable(),
  thumbnailUrl: z.string().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  blur: z.string().nullable(),
});
export type MyMedia = z.infer<typeof MyMedia>;
