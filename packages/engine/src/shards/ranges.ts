import { CURVE_END } from "./curve.ts";

/** The load at a place of the curve: people, or decks an hour. */
export interface Load {
  readonly at: number;
  readonly weight: number;
}

/** A shard's part of the curve, the end not included. */
export interface Range {
  readonly from: number;
  readonly until: number;
}

/** What changes hands when ranges change: from the shard of this number to another. */
export interface Transfer extends Range {
  readonly giver: number;
  readonly taker: number;
}

/**
 * Cuts the curve into so many ranges that together cover all of it, the heaviest of which is as light as whole places of the curve allow: by trying
 * limits, and filling range after range up to each.
 */
export function balancedRanges(loads: readonly Load[], shards: number): Range[] {
  const sorted = loads.toSorted((a, b) => a.at - b.at);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let [tooLittle, enough] = [Math.max(total / shards, 0) * (1 - 1e-9), Math.max(total, 1)];
  for (let round = 0; round < 60; round++) {
    const limit = (tooLittle + enough) / 2;
    if (cutsWithin(sorted, limit).length < shards) enough = limit;
    else tooLittle = limit;
  }
  const cuts = cutsWithin(sorted, enough);
  while (cuts.length < shards - 1) cuts.push(CURVE_END);
  const edges = [0, ...cuts, CURVE_END];
  return Array.from({ length: shards }, (_, i) => ({ from: edges[i] as number, until: edges[i + 1] as number }));
}

/** Where new ranges must begin if none may weigh more than this; a single place may. */
function cutsWithin(sorted: readonly Load[], limit: number): number[] {
  const cuts: number[] = [];
  let weight = 0;
  let last = -1;
  for (const load of sorted) {
    if (weight > 0 && weight + load.weight > limit && load.at !== last) {
      cuts.push(load.at);
      weight = 0;
    }
    weight += load.weight;
    last = load.at;
  }
  return cuts;
}

/** Whose range a place of the curve is in. */
export function shardOf(ranges: readonly Range[], at: number): number {
  return ranges.findIndex(({ from, until }) => at >= from && at < until);
}

/** The heaviest range by the mean. */
export function imbalance(ranges: readonly Range[], loads: readonly Load[]): number {
  const weights = ranges.map(() => 0);
  for (const { at, weight } of loads) {
    const shard = shardOf(ranges, at);
    weights[shard] = (weights[shard] ?? 0) + weight;
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? 1 : (Math.max(...weights) * ranges.length) / total;
}

/** The parts of the curve that change hands between two ways of cutting it. */
export function transfers(before: readonly Range[], after: readonly Range[]): Transfer[] {
  return before.flatMap((given, giver) =>
    after.flatMap((taken, taker) => {
      const [from, until] = [Math.max(given.from, taken.from), Math.min(given.until, taken.until)];
      return giver !== taker && from < until ? [{ giver, taker, from, until }] : [];
    }),
  );
}
