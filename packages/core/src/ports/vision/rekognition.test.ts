import { DetectModerationLabelsCommand, RekognitionClient, RekognitionServiceException } from "@aws-sdk/client-rekognition";
import { mockClient } from "aws-sdk-client-mock";
import sharp from "sharp";
import { beforeEach, expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import { rekognitionVision } from "./rekognition.ts";

const rekognition = mockClient(RekognitionClient);
const vision = rekognitionVision({ client: { region: "eu-central-1", credentials: { accessKeyId: "k", secretAccessKey: "s" } } });
const picture = sharp({ create: { width: 2000, height: 100, channels: 3, background: "#123456" } });

beforeEach(() => {
  rekognition.reset();
});

function sent(): Uint8Array {
  return rekognition.commandCalls(DetectModerationLabelsCommand)[0]?.args[0].input.Image?.Bytes ?? new Uint8Array();
}

function failure(name: string, status = 400): RekognitionServiceException {
  return new RekognitionServiceException({ name, $fault: "client", $metadata: { httpStatusCode: status }, message: name });
}

test("labels come with their names and confidences, parents included", async () => {
  rekognition.on(DetectModerationLabelsCommand).resolves({
    ModerationLabels: [
      { Name: "Explicit", Confidence: 98.5 },
      { Name: "Explicit Nudity", ParentName: "Explicit", Confidence: 98.5 },
    ],
  });
  const jpeg = await picture.clone().jpeg().toBuffer();
  expect(await vision.moderationLabels(jpeg)).toEqual([
    { name: "Explicit", confidence: 98.5 },
    { name: "Explicit Nudity", confidence: 98.5 },
  ]);
  expect(Buffer.from(sent()).equals(jpeg)).toBe(true);
});

test("a picture without labels is an empty list", async () => {
  rekognition.on(DetectModerationLabelsCommand).resolves({});
  expect(await vision.moderationLabels(await picture.clone().png().toBuffer())).toEqual([]);
});

test("WebP, which Rekognition can't read, arrives as a JPEG of bounded size", async () => {
  rekognition.on(DetectModerationLabelsCommand).resolves({ ModerationLabels: [] });
  await vision.moderationLabels(await picture.clone().webp().toBuffer());
  const { format, width } = await sharp(sent()).metadata();
  expect([format, width]).toEqual(["jpeg", 1600]);
});

test.each(["ThrottlingException", "ProvisionedThroughputExceededException"])(
  "%s goes back to the queue: nobody is shown unseen",
  async (name) => {
    rekognition.on(DetectModerationLabelsCommand).rejects(failure(name));
    await expect(vision.moderationLabels(await picture.clone().jpeg().toBuffer())).rejects.toThrow(new Fault("store.unavailable"));
  },
);

test("what Rekognition or the decoder can't read is media.unsupported", async () => {
  rekognition.on(DetectModerationLabelsCommand).rejects(failure("InvalidImageFormatException"));
  await expect(vision.moderationLabels(Uint8Array.of(0xff, 0xd8, 0xff, 0))).rejects.toThrow(new Fault("media.unsupported"));
  await expect(vision.moderationLabels(Buffer.from("GIF but not really"))).rejects.toThrow(new Fault("media.unsupported"));
});

test("a missing permission is thrown as it is", async () => {
  rekognition.on(DetectModerationLabelsCommand).rejects(failure("AccessDeniedException"));
  await expect(vision.moderationLabels(await picture.clone().jpeg().toBuffer())).rejects.toThrow("AccessDeniedException");
});
