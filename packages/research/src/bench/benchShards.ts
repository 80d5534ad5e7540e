import { curveOf } from "@pendo/engine/shards/curve";
import { balancedRanges, imbalance } from "@pendo/engine/shards/ranges";
import type { Population } from "./benchPopulation.ts";

/** The heaviest of so many shards by the mean, if the population is cut into balanced ranges of the curve. */
export function shardImbalance(people: Population, shards: number): number {
  const loads = Array.from({ length: people.size }, (_, number) => ({ at: curveOf(people.person(number).home), weight: 1 }));
  return imbalance(balancedRanges(loads, shards), loads);
}
