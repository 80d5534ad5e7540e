import { readFile } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { png } from "./badFiles.fixture.ts";
import { childDecoder } from "./childDecoder.ts";
import { inspect } from "./inspect.ts";
import { readPicture } from "./picture.ts";
import { turns } from "./turns.ts";

const read = (file: Uint8Array) => readPicture("a user", async () => ({ body: file, contentType: "image/jpeg" }));

/** A picture with something to see in each of its rows. */
function drawn(width: number, height: number) {
  const stripes = Array.from(
    { length: 40 },
    (_, n) => `<circle cx="${(n * 197) % 800}" cy="${n * 15}" r="${20 + (n % 7) * 9}" fill="hsl(${n * 40},60%,50%)"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600"><rect width="800" height="600" fill="#357"/>${stripes.join("")}</svg>`;
  return sharp(Buffer.from(svg)).resize(width, height, { fit: "fill" });
}

/** A PNG of which only the header is true. */
const pngHeader = (width: number, height: number, shape: { bits: number; color: number; interlaced: boolean }): Buffer =>
  png(width, height, Buffer.alloc(1000), shape);

test.each([
  ["interlaced, 8 bits", { bits: 8, color: 2, interlaced: true }],
  ["interlaced, 16 bits", { bits: 16, color: 6, interlaced: true }],
  ["16 bits", { bits: 16, color: 6, interlaced: false }],
])("a PNG of 62 megapixels (%s) is refused by its header", async (_, shape) => {
  expect(await inspect(pngHeader(9000, 6900, shape))).toEqual({ unreadable: "tooManyPixels" });
});

test("a picture of an ordinary screen or camera is within bounds", async () => {
  expect(await inspect(pngHeader(4000, 3000, { bits: 8, color: 6, interlaced: true }))).toMatchObject({ format: "png" });
  expect(await inspect(pngHeader(8000, 6000, { bits: 8, color: 2, interlaced: false }))).toMatchObject({ format: "png" });
});

test.each(["memoryMbMax", "cpuSecMax"] as const)("a picture beyond %s costs the child, and the next one is decoded", async (limit) => {
  const limits = { memoryMbMax: 640, cpuSecMax: 15 };
  const file = await drawn(4000, 3000).jpeg().toBuffer();
  const small = childDecoder({ ...limits, [limit]: 0.001 });
  expect(await small.decode(file)).toEqual({ unreadable: "tooCostly" });
  expect(await small.decode(file)).toEqual({ unreadable: "tooCostly" });

  const usual = childDecoder(limits);
  expect(await usual.decode(file)).toMatchObject({ width: 1080, height: 810 });
});

test("a JPEG that lacks its last percent is read, baseline and progressive; half a JPEG is not", async () => {
  for (const progressive of [false, true]) {
    const file = await drawn(2000, 1500).jpeg({ progressive }).toBuffer();
    expect(await read(file.subarray(0, Math.floor(file.length * 0.99)))).toMatchObject({ width: 1080, height: 810 });
  }
  const file = await drawn(2000, 1500).jpeg().toBuffer();
  expect(await read(file.subarray(0, file.length >> 1))).toEqual({ unreadable: "damaged" });
});

test("AVIF and HEIC are read", async () => {
  expect(await read(await drawn(400, 300).avif({ effort: 0 }).toBuffer())).toMatchObject({ width: 400, height: 300 });
  const heic = await readFile(path.join(import.meta.dirname, "picture.fixture.heic"));
  const picture = await read(heic);
  expect(picture).toMatchObject({ width: 400, height: 300 });
  const [largest] = "derivatives" in picture ? picture.derivatives : [];
  // The right colours, not only the right size: a decoder may succeed with noise.
  const { channels } = await sharp(largest?.body).stats();
  expect(channels.map(({ mean }) => Math.round(mean / 40))).toEqual([3, 3, 3]);
});

test("a damaged HEIC is refused", async () => {
  const heic = await readFile(path.join(import.meta.dirname, "picture.fixture.heic"));
  expect(await read(heic.subarray(0, heic.length >> 1))).toMatchObject({ unreadable: expect.stringMatching(/damaged|notAPicture/) });
});

test("of two AVIF of 24 megapixels one waits, and leaves the quick lane to ordinary pictures", async () => {
  const file = await sharp({ create: { width: 6000, height: 4000, channels: 3, background: "#357" } })
    .avif({ effort: 0 })
    .toBuffer();
  const inspected = await inspect(file);
  const cost = "cost" in inspected ? inspected.cost : 0;
  const lanes = turns({ quick: "quick", any: "any" });
  const taken: string[] = [];
  const first = Promise.withResolvers<void>();
  const take = (of: string) =>
    lanes.take({ of, cost }, async (lane) => {
      taken.push(lane);
      await first.promise;
    });

  const both = [take("one user"), take("another user")];
  await new Promise((resolve) => setImmediate(resolve));

  expect(taken).toEqual(["any"]);
  first.resolve();
  await Promise.all(both);
  expect(taken).toEqual(["any", "any"]);
});
