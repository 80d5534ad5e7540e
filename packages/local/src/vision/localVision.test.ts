import sharp from "sharp";
import { expect, test } from "vitest";
import { Fault } from "@pendo/core/fault";
import { localVision } from "./localVision.ts";

const vision = localVision();

function flat(background: string, width = 300, height = 400) {
  return sharp({ create: { width, height, channels: 3, background } });
}

test.each(["png", "jpeg", "webp"] as const)("the magenta test card is rejected as %s, however it was encoded", async (format) => {
  const card = await flat("#ff00ff").toFormat(format, { quality: 60 }).toBuffer();
  expect(await vision.moderationLabels(card)).toEqual([{ name: "Explicit Nudity", confidence: 99 }]);
});

test("a picture with a corner of something else is not the test card", async () => {
  const corner = await flat("#00ff00", 90, 90).png().toBuffer();
  const image = await flat("#ff00ff")
    .composite([{ input: corner, left: 0, top: 0 }])
    .png()
    .toBuffer();
  expect(await vision.moderationLabels(image)).toEqual([]);
});

test.each(["#e0ac69", "#f1c27d", "#8d5524", "#c68642"])("a picture full of the skin colour %s gets a plain warning", async (colour) => {
  const [label] = await vision.moderationLabels(await flat(colour).jpeg().toBuffer());
  expect(label?.name).toBe("Swimwear or Underwear");
  expect(label?.confidence).toBeGreaterThanOrEqual(50);
  expect(label?.confidence).toBeLessThanOrEqual(80);
});

test("a portrait with a third of skin, a landscape and a picture in greys get no label", async () => {
  const face = await flat("#e0ac69", 170, 235).png().toBuffer();
  const portrait = await flat("#3a5f8a")
    .composite([{ input: face, left: 60, top: 60 }])
    .jpeg()
    .toBuffer();
  expect(await vision.moderationLabels(portrait)).toEqual([]);
  expect(await vision.moderationLabels(await flat("#2e8b57").jpeg().toBuffer())).toEqual([]);
  expect(await vision.moderationLabels(await flat("#808080").toColourspace("b-w").png().toBuffer())).toEqual([]);
});

test("what is not a picture is media.unsupported", async () => {
  await expect(vision.moderationLabels(Buffer.from("not a picture"))).rejects.toThrow(new Fault("media.unsupported"));
});
