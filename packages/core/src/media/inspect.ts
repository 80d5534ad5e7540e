import sharp, { type Metadata } from "sharp";

const MEGA = 1_000_000;
/** The largest telephone cameras make 108 million pixels. */
const JPEG_PIXELS_MAX = 120 * MEGA;
/** A progressive JPEG is held as its coefficients, two bytes each: 108 million pixels with halved colours take 324 MB. */
const COEFFICIENT_BYTES_MAX = 400 * MEGA;
/** Each scan goes through all of the picture again; cameras and editors write ten. */
const SCANS_MAX = 40;
const PNG_PIXELS_MAX = 64 * MEGA;
/** A plain PNG is read row by row, so its bytes cost time only. */
const PNG_BYTES_MAX = 256 * MEGA;
/** An interlaced PNG is held whole. */
const INTERLACED_BYTES_MAX = 96 * MEGA;
/** These are held whole, several times. */
const WEBP_PIXELS_MAX = 64 * MEGA;
const HEIF_PIXELS_MAX = 50 * MEGA;
const SIDE_MIN_PX = 32;
/** Longer is a banner, or an attack on the layout of a page. */
const RATIO_MAX = 10;

export type Unreadable = "notAPicture" | "animated" | "tooSmall" | "tooManyPixels" | "damaged" | "missing";

export interface Inspected {
  readonly format: "jpeg" | "png" | "webp" | "avif" | "heic";
  /** How much work it is to decode the picture: about the bytes that are gone through. It orders pictures, and bounds nothing. */
  readonly cost: number;
}

/**
 * Judges a file by its header, without decoding anything: whether it is a still picture in a format that is read, and whether its decoding stays within
 * bounds. A file of a few kilobytes can ask for gigabytes.
 */
export async function inspect(file: Uint8Array): Promise<Inspected | { readonly unreadable: Unreadable }> {
  const claimed = claimedFormat(file);
  if (claimed === null) return { unreadable: "notAPicture" };
  let meta: Metadata;
  try {
    meta = await sharp(file, { limitInputPixels: false }).metadata();
  } catch {
    // What libvips says changes between versions, and helps no user.
    return { unreadable: "damaged" };
  }
  const format = meta.compression === "hevc" ? "heic" : meta.compression === "av1" ? "avif" : claimed;
  const isWhatItClaims = claimed === "heif" ? meta.format === "heif" && format !== "heif" : meta.format === claimed;
  if (!isWhatItClaims || format === "heif") return { unreadable: "notAPicture" };
  if ((meta.pages ?? 1) > 1) return { unreadable: "animated" };
  const cost = costOf(meta, format, file);
  if (cost === null) return { unreadable: "tooManyPixels" };
  const [short, long] = meta.width < meta.height ? [meta.width, meta.height] : [meta.height, meta.width];
  return short < SIDE_MIN_PX || long / short > RATIO_MAX ? { unreadable: "tooSmall" } : { format, cost };
}

/** Null where the picture is out of bounds. */
function costOf(meta: Metadata, format: Inspected["format"], file: Uint8Array): number | null {
  const pixels = meta.width * meta.height;
  const bytes = pixels * meta.channels * (meta.depth === "ushort" ? 2 : 1);
  const within = (value: number, max: number, cost: number): number | null => (value <= max ? cost : null);
  switch (format) {
    case "jpeg": {
      // A baseline JPEG is made smaller while it is read: only its entropy-coded bytes are all gone through.
      if (!meta.isProgressive) return within(pixels, JPEG_PIXELS_MAX, pixels / 2);
      const scans = scansIn(file);
      const coefficients = pixels * 2 * (meta.chromaSubsampling === "4:2:0" ? 1.5 : meta.channels);
      return pixels <= JPEG_PIXELS_MAX && scans <= SCANS_MAX ? within(coefficients, COEFFICIENT_BYTES_MAX, (pixels / 4) * scans) : null;
    }
    case "png":
      if (pixels > PNG_PIXELS_MAX) return null;
      return meta.isProgressive ? within(bytes, INTERLACED_BYTES_MAX, bytes * 2) : within(bytes, PNG_BYTES_MAX, bytes);
    case "webp":
      return within(pixels, WEBP_PIXELS_MAX, pixels * 4);
    // 24 megapixels take up to 6 s of processor time, and a JPEG of that size 0.4 s.
    case "avif":
    case "heic":
      return within(pixels, HEIF_PIXELS_MAX, pixels * 12);
  }
}

/** How often a JPEG starts a scan. Within entropy-coded bytes no marker can be. */
function scansIn(file: Uint8Array): number {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const marker = Buffer.from([0xff, 0xda]);
  let count = 0;
  for (let at = bytes.indexOf(marker); at !== -1 && count <= SCANS_MAX; at = bytes.indexOf(marker, at + 2)) count += 1;
  return count;
}

const HEIF_BRANDS = new Set(["avif", "heic", "heix", "heim", "heis", "mif1", "msf1"]);

/** What a file is by its first bytes, whatever it is called. */
function claimedFormat(file: Uint8Array): "jpeg" | "png" | "webp" | "heif" | null {
  const textAt = (at: number, length: number) => Buffer.from(file.subarray(at, at + length)).toString("latin1");
  if (textAt(0, 3) === "\u00ff\u00d8\u00ff") return "jpeg";
  if (textAt(0, 8) === "\u0089PNG\r\n\u001a\n") return "png";
  if (textAt(0, 4) === "RIFF" && textAt(8, 4) === "WEBP") return "webp";
  if (textAt(4, 4) === "ftyp" && HEIF_BRANDS.has(textAt(8, 4))) return "heif";
  return null;
}
