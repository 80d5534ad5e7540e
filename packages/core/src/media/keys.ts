import type { MediaId } from "@pendo/contract/ids";

/** How wide the pictures are that are made of an upload, in pixels; a smaller upload is not enlarged. */
export const DERIVATIVE_WIDTHS = [1080, 540, 160] as const;
export type DerivativeWidth = (typeof DERIVATIVE_WIDTHS)[number];

/** Where an upload waits to be processed. Nobody is ever given an address that reads it. */
export function uploadKey(mediaId: MediaId): string {
  return `uploads/${mediaId}`;
}

export function derivativeKey(mediaId: MediaId, width: DerivativeWidth): string {
  return `media/${mediaId}/${width}.webp`;
}

export function derivativeKeys(mediaId: MediaId): string[] {
  return DERIVATIVE_WIDTHS.map((width) => derivativeKey(mediaId, width));
}
