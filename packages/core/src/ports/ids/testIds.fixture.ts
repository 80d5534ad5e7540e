import { createHash } from "node:crypto";
import path from "node:path";
import { testSeed } from "@pendo/engine/testSeed.fixture";
import { v7 } from "uuid";
import { expect } from "vitest";
import type { Ids } from "./ids.ts";

const BASE_MS = Date.UTC(2025, 0, 1);
let draws = 0;
let made = 0;

/** 32 bytes that depend on the seed, the test file, and how many were drawn before. */
function draw(): Buffer {
  const file = path.relative(process.cwd(), expect.getState().testPath ?? "");
  return createHash("sha256").update(`${testSeed} ${file} ${draws++}`).digest();
}

function bytes(count: number): Uint8Array {
  const parts = Array.from({ length: Math.ceil(count / 32) }, draw);
  return Buffer.concat(parts).subarray(0, count);
}

/** All randomness of a test file: the same in each run with this PENDO_SEED, and other than that of any other file. Ids increase. */
export const testIds: Ids = {
  next: <Id extends string>() => v7({ random: bytes(16), msecs: BASE_MS + made++ }) as Id,
  bytes,
  chance: () => draw().readUIntBE(0, 6) / 2 ** 48,
};
