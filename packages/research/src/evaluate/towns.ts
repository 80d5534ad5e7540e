import { byPopularity, learning, randomOrder, type Policy } from "../market/policies.ts";
import type { Random } from "@pendo/engine/random";
import { simulate, type Week } from "../market/simulation.ts";
import { mean } from "./metrics.ts";

export const policies: Readonly<Record<string, (random: Random) => Policy>> = {
  random: randomOrder,
  popularity: byPopularity,
  "one-way": (random) => learning("one-way", random),
  reciprocal: (random) => learning("reciprocal", random),
  engine: (random) => learning("engine", random),
};

export const measures = [
  "matchesPerActive",
  "withMatch",
  "exposureGini",
  "newcomerExposure",
  "botExposure",
] as const satisfies readonly (keyof Week)[];
export type Measure = (typeof measures)[number];

/** By measure the value of each week, the mean over seeds. */
export type Course = Readonly<Record<Measure, readonly number[]>>;

/** The weeks of one policy in as many towns as there are seeds. */
export function runTown(name: string, { weeks, seeds }: { weeks: number; seeds: number }): Course {
  const make = policies[name];
  if (!make) throw new RangeError("no such policy");
  const towns = Array.from({ length: seeds }, (_, seed) => simulate(make, { weeks, seed: 1 + seed }));
  const course = (measure: Measure): number[] =>
    Array.from({ length: weeks }, (_, week) => mean(towns.map((town) => town[week]?.[measure] ?? Number.NaN)));
  return Object.fromEntries(measures.map((measure) => [measure, course(measure)])) as Record<Measure, number[]>;
}
