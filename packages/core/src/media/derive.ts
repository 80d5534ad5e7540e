import sharp, { type Sharp } from "sharp";
import { inspect, type Inspected, type Unreadable } from "./inspect.ts";
import { DERIVATIVE_WIDTHS, type DerivativeWidth } from "../rules/pictureKeys.ts";
import { HASH_SIDE_PX, perceptualHash } from "./perceptualHash.ts";

const BLUR_SIDE_PX = 16;
/** The share of a JPEG's rows that may be missing at its end, where an upload or a camera was cut off. */
const MISSING_SHARE_MAX = 0.05;
const JPEG_SCAN = Buffer.from([0xff, 0xda]);
const JPEG_END = Buffer.from([0xff, 0xd9]);
const PROBE_ROWS = 200;
const PROBE_COLUMNS = 64;

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
 * archives behind the picture). It decodes what strangers sent, so it runs in a process of its own.
 */
export async function derive(file: Uint8Array): Promise<Picture | { readonly unreadable: Unreadable }> {
  const inspected = await inspect(file);
  if ("unreadable" in inspected) return inspected;
  try {
    return await fromLargest(await largestOf(file, inspected));
  } catch {
    return { unreadable: "damaged" };
  }
}

interface Largest {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

async function largestOf(file: Uint8Array, { format }: Inspected): Promise<Largest> {
  if (format === "heic") {
    const { decodeHeic } = await import("./heic.ts");
    const { data, width, height } = await decodeHeic(file);
    return await shrunk(sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false }));
  }
  const opened = (failOn: "error" | "none"): Sharp => sharp(file, { limitInputPixels: false, failOn }).autoOrient();
  if (format !== "jpeg" || hasEnd(file)) return await shrunk(opened("error"));
  const largest = await shrunk(opened("none"));
  if ((await missingShare(largest.data)) > MISSING_SHARE_MAX) throw new Error("too much of the picture is missing");
  return largest;
}

async function shrunk(picture: Sharp): Promise<Largest> {
  const { data, info } = await picture
    .resize({ width: DERIVATIVE_WIDTHS[0], height: DERIVATIVE_WIDTHS[0] * 2, fit: "inside", withoutEnlargement: true })
    .webp({ quality: 82 })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The upload is decoded once; what is made of the largest derivative differs from what would be made of the upload by less than an eye sees. */
async function fromLargest({ data: largest, width, height }: Largest): Promise<Picture> {
  const smaller = await Promise.all(
    DERIVATIVE_WIDTHS.slice(1).map(async (side) => ({
      width: side,
      body: await sharp(largest).resize({ width: side, withoutEnlargement: true }).webp({ quality: 78 }).toBuffer(),
    })),
  );
  const tiny = await sharp(largest).resize(BLUR_SIDE_PX, BLUR_SIDE_PX, { fit: "inside" }).webp({ quality: 30 }).toBuffer();
  const grey = await greys(largest, HASH_SIDE_PX, HASH_SIDE_PX);
  return {
    derivatives: [{ width: DERIVATIVE_WIDTHS[0], body: largest }, ...smaller],
    width,
    height,
    blur: `data:image/webp;base64,${tiny.toString("base64")}`,
    phash: perceptualHash(grey),
  };
}

function greys(file: Buffer, width: number, height: number): Promise<Buffer> {
  return sharp(file).flatten({ background: "#fff" }).greyscale().resize(width, height, { fit: "fill" }).raw().toBuffer();
}

/** Whether the last scan of a JPEG ends. A preview within its header has a scan and an end of its own. */
function hasEnd(file: Uint8Array): boolean {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  return bytes.indexOf(JPEG_END, bytes.lastIndexOf(JPEG_SCAN)) !== -1;
}

/** The share of rows at the lower end that are of one colour each: a decoder fills what is missing so. */
async function missingShare(file: Buffer): Promise<number> {
  const grey = await greys(file, PROBE_COLUMNS, PROBE_ROWS);
  let rows = 0;
  while (rows < PROBE_ROWS) {
    const row = grey.subarray((PROBE_ROWS - rows - 1) * PROBE_COLUMNS, (PROBE_ROWS - rows) * PROBE_COLUMNS);
    if (Math.max(...row) - Math.min(...row) > 3) break;
    rows += 1;
  }
  return rows / PROBE_ROWS;
}
