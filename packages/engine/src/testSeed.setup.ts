import { testSeed } from "./testSeed.fixture.ts";

/** Says which seed repeats this run. */
export function setup(): void {
  if (!Number.isInteger(testSeed)) throw new Error(`PENDO_SEED must be a whole number, and is ${process.env["PENDO_SEED"]}.`);
  process.stdout.write(`PENDO_SEED=${testSeed}\n`);
}
