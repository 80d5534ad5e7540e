import { DetectModerationLabelsCommand, RekognitionClient } from "@aws-sdk/client-rekognition";
import type { RekognitionClientConfig } from "@aws-sdk/client-rekognition";
import { Fault } from "../../fault.ts";
import { boundedCalls, reached } from "../awsFailure.ts";
import type { Vision } from "./vision.ts";

export interface RekognitionOptions {
  readonly client?: RekognitionClientConfig;
}

/** Below this Rekognition guesses; what to do with each label and confidence is decided by who asks. */
const CONFIDENCE_MIN = 50;
const BYTES_MAX = 5 * 1024 * 1024;
const SIDE_MAX_PX = 1600;
const REFUSALS = new Set(["InvalidImageFormatException", "ImageTooLargeException"]);

/**
 * Moderation labels of Amazon Rekognition. It reads JPEG and PNG up to 5 MB; other pictures are converted first.
 * @throws {Fault} `media.unsupported`: the file is no picture
 * @throws {Fault} `store.unavailable`: Rekognition throttles or can't be reached
 */
export function rekognitionVision({ client }: RekognitionOptions = {}): Vision {
  const rekognition = new RekognitionClient({ ...boundedCalls, ...client });
  return {
    async moderationLabels(image) {
      const bytes = readable(image) ? image : await convert(image);
      const command = new DetectModerationLabelsCommand({ Image: { Bytes: bytes }, MinConfidence: CONFIDENCE_MIN });
      try {
        const { ModerationLabels: labels = [] } = await reached(rekognition.send(command));
        return labels.flatMap(({ Name: name, Confidence: confidence }) =>
          name === undefined ? [] : [{ name, confidence: confidence ?? 0 }],
        );
      } catch (error) {
        if (error instanceof Error && REFUSALS.has(error.name)) throw new Fault("media.unsupported", { cause: error });
        throw error;
      }
    },
  };
}

function readable(image: Uint8Array): boolean {
  const jpeg = image[0] === 0xff && image[1] === 0xd8 && image[2] === 0xff;
  const png = image[0] === 0x89 && image[1] === 0x50 && image[2] === 0x4e && image[3] === 0x47;
  return (jpeg || png) && image.byteLength <= BYTES_MAX;
}

async function convert(image: Uint8Array): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const resize = { width: SIDE_MAX_PX, height: SIDE_MAX_PX, fit: "inside", withoutEnlargement: true } as const;
  try {
    return await sharp(image).rotate().resize(resize).flatten({ background: "#fff" }).jpeg({ quality: 90 }).toBuffer();
  } catch (error) {
    throw new Fault("media.unsupported", { cause: error });
  }
}
