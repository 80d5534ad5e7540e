import sharp from "sharp";
import { expect, test } from "vitest";
import { readPicture } from "./picture.ts";

/** A drawing in the sizes that telephones make. */
const drawn = (width: number, height: number) =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: "#357", noise: { type: "gaussian", mean: 120, sigma: 40 } } }).resize(
    width,
    height,
    {
      fit: "fill",
    },
  );

test.each([
  ["64 megapixels, baseline", 9248, 6936, false],
  ["64 megapixels, progressive", 9248, 6936, true],
  ["108 megapixels, baseline", 12_000, 9000, false],
  ["108 megapixels, progressive", 12_000, 9000, true],
] as const)("a JPEG of %s is read", async (_, width, height, progressive) => {
  const body = await drawn(width, height).jpeg({ progressive }).toBuffer();

  const picture = await readPicture("a user", async () => ({ body, contentType: "image/jpeg" }));

  expect(picture).toMatchObject({ width: 1080, derivatives: expect.any(Array) });
});
