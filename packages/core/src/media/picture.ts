import sharp, { type Metadata, type Sharp } from "sharp";
import { DERIVATIVE_WIDTHS, type DerivativeWidth } from "./keys.ts";
import { HASH_SIDE_PX, perceptualHash } from "./perceptualHash.ts";

/** As many as the largest telephone cameras make. A file of a few kilobytes can ask for a thousand times more. */
const PIXELS_MAX = 64_000_000;
const SIDE_MIN_PX = 32;
/** Longer is a banner, or an attack on whoever lays the page out. */
const RATIO_MAX = 10;
const BLUR_SIDE_PX = 16;

export type Unreadable = "notAPicture" | "animated" | "tooSmall" | "tooManyPixels" | "damaged";

export interface Picture {
  readonly derivatives: readonly { readonly width: DerivativeWidth; readonly body: Uint8Array }[];
  /** Of the largest derivative, in pixels. */
  readonly width: number;
  readonly height: number;
  /** A data URL of a few hundred bytes. */
  readonly blur: string;
  readonly phash: string | null;
}

/**
 * Makes of an upload the pictures that are shown: upright, in sRGB, WebP, and without a byte of what else the file held (places, cameras, comments,
 * archives behind the picture). It reads JPEG, PNG and WebP that are what they say, and still.
 */
export async function readPicture(file: Uint8Array): Promise<Picture | { readonly unreadable: Unreadable }> {
  const format = formatOf(file);
  if (format === null) return { unreadable: "notAPicture" };
  try {
    const meta = await sharp(file, { limitInputPixels: false }).metadata();
    const unreadable = refusal(meta, format);
    return unreadable ? { unreadable } : await derive(() => sharp(file, { limitInputPixels: PIXELS_MAX, failOn: "error" }).autoOrient());
  } catch {
    // libvips tells what is wrong in words that change between versions; nobody is helped by them.
    return { unreadable: "damaged" };
  }
}

function refusal(meta: Metadata, format: string): Unreadable | null {
  const { width, height } = meta;
  if (meta.format !== format) return "notAPicture";
  if ((meta.pages ?? 1) > 1) return "animated";
  if (width * height > PIXELS_MAX) return "tooManyPixels";
  const [short, long] = width < height ? [width, height] : [height, width];
  return short < SIDE_MIN_PX || long / short > RATIO_MAX ? "tooSmall" : null;
}

async function derive(open: () => Sharp): Promise<Picture> {
  // The upload is decoded once; what is made of the largest derivative differs from what would be made of the upload by less than an eye sees.
  const largest = await open()
    .resize({ width: DERIVATIVE_WIDTHS[0], height: DERIVATIVE_WIDTHS[0] * 2, fit: "inside", withoutEnlargement: true })
    .webp({ quality: 82 })
    .toBuffer({ resolveWithObject: true });
  const smaller = await Promise.all(
    DERIVATIVE_WIDTHS.slice(1).map(async (width) => ({
      width,
      body: await sharp(largest.data).resize({ width, withoutEnlargement: true }).webp({ quality: 78 }).toBuffer(),
    })),
  );
  const tiny = await sharp(largest.data).resize(BLUR_SIDE_PX, BLUR_SIDE_PX, { fit: "inside" }).webp({ quality: 30 }).toBuffer();
  const grey = await sharp(largest.data)
    .flatten({ background: "#fff" })
    .greyscale()
    .resize(HASH_SIDE_PX, HASH_SIDE_PX, { fit: "fill" })
    .raw()
    .toBuffer();
  return {
    derivatives: [{ width: DERIVATIVE_WIDTHS[0], body: largest.data }, ...smaller],
    width: largest.info.width,
    height: largest.info.height,
    blur: `data:image/webp;base64,${tiny.toString("base64")}`,
    phash: perceptualHash(grey),
  };
}

/** What a file is by its first bytes, whatever it is called. */
function formatOf(file: Uint8Array): "jpeg" | "png" | "webp" | null {
  const starts = (text: string, at = 0) => Buffer.from(file.subarray(at, at + text.length)).toString("latin1") === text;
  if (starts("\u00ff\u00d8\u00ff")) return "jpeg";
  if (starts("\u0089PNG\r\n\u001a\n")) return "png";
  if (starts("RIFF") && starts("WEBP", 8)) return "webp";
  return null;
}
