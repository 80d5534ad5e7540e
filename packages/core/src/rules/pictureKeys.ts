import type { MediaId } from "@pendo/contract/ids";

/** How wide the pictures are that are made of an upload, in pixels; a smaller upload is not enlarged. */
export const DERIVATIVE_WIDTHS = [1080, 540, 160] as const;
export type DerivativeWidth = (typeof DERIVATIVE_WIDTHS)[number];

/** Where an upload waits to be processed. No address ever reads it, and no form ever writes anything else. */
export function uploadKey(mediaId: MediaId): string {
  return `uploads/${mediaId}`;
}

/** Which files show a picture. The version is null for pictures of before there were versions. */
export interface PictureFiles {
  readonly id: MediaId;
  readonly version: string | null;
}

/** A picture that was made of an upload, in its row. */
export interface PhotoRow extends PictureFiles {
  readonly width: number;
  readonly height: number;
  readonly blur: string | null;
}

/**
 * The storage key of the file of a picture with this width in pixels. It never changes for a version, so the file can
 * be cached for ever.
 */
export function derivativeKey({ id, version }: PictureFiles, width: DerivativeWidth): string {
  return version === null ? `media/${id}/${width}.webp` : `media/${id}/${version}/${width}.webp`;
}

/** The storage keys of all files of a picture, one for each width. */
export function derivativeKeys(files: PictureFiles): string[] {
  return DERIVATIVE_WIDTHS.map((width) => derivativeKey(files, width));
}
