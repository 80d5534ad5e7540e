import { type Random, seeded } from "./random.ts";

/** What random inputs of this run are drawn from: the same ones each time, unless PENDO_SEED says otherwise. Every run prints it. */
export const testSeed = Number(process.env["PENDO_SEED"] ?? 1);

/** Chance for a test file. */
export function testRandom(): Random {
  return seeded(testSeed);
}
