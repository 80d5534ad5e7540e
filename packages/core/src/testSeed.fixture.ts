import { type Random, seeded } from "@pendo/engine/market/random";

/** What random inputs of this run are drawn from: the same ones each time, unless PENDO_SEED says otherwise. */
export const testSeed = Number(process.env["PENDO_SEED"] ?? 1);

/** Chance for a test file. The seed is printed, so that a run can be repeated with the same inputs. */
export function testRandom(): Random {
  process.stdout.write(`PENDO_SEED=${testSeed}\n`);
  return seeded(testSeed);
}
