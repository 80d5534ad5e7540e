import { expect, test } from "vitest";
import { compileKernel } from "../../kernel/compile.ts";
import { AREA, CHUNK_BYTES, PART, SURVIVORS_BATCH } from "./layout.ts";
import { KERNEL_BASE64 } from "./kernelBinary.ts";
import { readFileSync } from "node:fs";
import { EngineMemory } from "./memory.ts";
import { kernelOn } from "./kernel.ts";
import { sigmoid } from "./sigmoid.ts";

const source = readFileSync(new URL("../../kernel/kernel.as", import.meta.url), "utf8");

test("the kernel that is checked in is what its source compiles to", async () => {
  expect(Buffer.from(await compileKernel()).toString("base64")).toBe(KERNEL_BASE64);
});

test("the kernel has no data of its own that could lie where the population lies", () => {
  const binary = Buffer.from(KERNEL_BASE64, "base64");
  const sections = new Set<number>();
  for (let at = 8; at < binary.length;) {
    sections.add(binary[at] as number);
    let [size, shift] = [0, 0];
    do size |= ((binary[++at] as number) & 127) << (7 * shift++);
    while (((binary[at] as number) & 128) !== 0);
    at += size + 1;
  }
  const [memorySection, dataSection] = [5, 11];
  expect(sections.has(dataSection)).toBe(false);
  expect(sections.has(memorySection)).toBe(false);
});

test("the kernel's numbers are the layout's", () => {
  const constant = (name: string): number => Number(new RegExp(`const ${name}: \\w+ = (\\d+)`).exec(source)?.[1]);
  const names = ["CHUNK_BYTES", "PRICES", "RADII", "PRICE_RESTS", "SPOTS", "REPLIES", "ROWS", "VECTORS", "BATCH"];
  const { prices, radiusKm, priceRests, spots, replies, rows, vectors } = PART;
  const numbers = [CHUNK_BYTES, prices, radiusKm, priceRests, spots, replies, rows, vectors, SURVIVORS_BATCH];
  expect(names.map(constant)).toEqual(numbers);
  const areas = [
    ["CHORDS", AREA.chords],
    ["BOUNDS", AREA.sigmoidBounds],
    ["QUERY", AREA.query],
    ["HEAP_SCORES", AREA.heapScores],
    ["HEAP_TIES", AREA.heapTies],
    ["HEAP_ROWS", AREA.heapRows],
    ["SURVIVORS", AREA.survivors],
    ["WALKS", AREA.walks],
    ["LEAVES", AREA.leaves],
    ["NEXTS", AREA.nexts],
    ["UNSEEN", AREA.unseen],
    ["CHUNKS", AREA.chunks],
  ] as const;
  for (const [name, at] of areas) expect([name, constant(name)]).toEqual([name, at]);
});

test("the kernel's sigmoid is the plain one bit for bit, and the true one to 14 digits", () => {
  const wasm = kernelOn(new EngineMemory(), "wasm").kernel as unknown as { sigmoid(x: number): number };
  for (let x = -45; x <= 45; x += 0.0137) {
    expect(wasm.sigmoid(x)).toBe(sigmoid(x));
    if (Math.abs(x) <= 40) expect(Math.abs(sigmoid(x) * (1 + Math.exp(-x)) - 1)).toBeLessThan(1e-14);
  }
});
