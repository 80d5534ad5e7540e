import { readFile } from "node:fs/promises";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { expect, test } from "vitest";
import { childDecoder } from "./childDecoder.ts";
import { inspect } from "./inspect.ts";
import { readPicture } from "./picture.ts";

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

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG of which only the header is true. */
function pngHeader(
  width: number,
  height: number,
  { bits, color, interlaced }: { bits: number; color: number; interlaced: boolean },
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, color, 0, 0, interlaced ? 1 : 0], 8);
  const magic = Buffer.from("\u0089PNG\r\n\u001a\n", "latin1");
  return Buffer.concat([magic, chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.alloc(1000))), chunk("IEND", Buffer.alloc(0))]);
}

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
