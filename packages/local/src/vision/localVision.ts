import { Fault } from "@pendo/core/fault";
import type { Vision, VisionLabel } from "@pendo/core/ports/vision/vision";

const SIDE_PX = 64;
/** A face and shoulders fill about a third of a portrait; well above that there is more skin than a portrait shows. */
const SKIN_SHARE_MIN = 0.6;
const CARD_SHARE_MIN = 0.99;

/**
 * A STAND-IN for one machine, NOT a safety system: it counts pixels, understands nothing, is less right for some skins than for others,
 * and is easily fooled in both directions. It lets the whole path from upload to verdict run without a cloud account. A deployment with
 * strangers on it needs `rekognitionVision` or people who look at the pictures.
 *
 * It knows two labels. "Swimwear or Underwear" (a plain warning, its confidence at most 80) where most of the picture has the colour of
 * skin. "Explicit Nudity" at 99 for the test card: a picture that is flat pure magenta (#ff00ff) all over. Like the EICAR file of
 * virus scanners, the card lets a demo or a test have a rejected picture without anybody having to keep one.
 * @throws {Fault} `media.unsupported`: the file is no picture
 */
export function localVision(): Vision {
  return {
    async moderationLabels(image) {
      const { skin, magenta } = await shares(image);
      if (magenta >= CARD_SHARE_MIN) return [{ name: "Explicit Nudity", confidence: 99 }];
      const labels: VisionLabel[] = [];
      if (skin >= SKIN_SHARE_MIN) labels.push({ name: "Swimwear or Underwear", confidence: Math.round(50 + (skin - SKIN_SHARE_MIN) * 75) });
      return labels;
    },
  };
}

async function shares(image: Uint8Array): Promise<{ skin: number; magenta: number }> {
  const pixels = await decode(image);
  let skin = 0;
  let magenta = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = [pixels[at], pixels[at + 1], pixels[at + 2]];
    if (isSkin(red, green, blue)) skin += 1;
    // JPEG and WebP shift colours by a few steps; the card survives being re-encoded.
    if (red >= 240 && green <= 20 && blue >= 240) magenta += 1;
  }
  const count = pixels.length / 3;
  return { skin: skin / count, magenta: magenta / count };
}

async function decode(image: Uint8Array): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  try {
    return await sharp(image)
      .resize(SIDE_PX, SIDE_PX, { fit: "fill" })
      .flatten({ background: "#fff" })
      .toColourspace("srgb")
      .raw()
      .toBuffer();
  } catch (error) {
    throw new Fault("media.unsupported", { cause: error });
  }
}

/** Skin in YCbCr (ITU-R BT.601): the box that Chai and Ngan measured over faces (IEEE Trans. CSVT 9(4), 1999). */
function isSkin(red: number, green: number, blue: number): boolean {
  const cb = 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue;
  const cr = 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue;
  return cb >= 77 && cb <= 127 && cr >= 133 && cr <= 173;
}
