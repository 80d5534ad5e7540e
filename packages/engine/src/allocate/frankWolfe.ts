import type { TwoSided } from "../market/twoSided.ts";
import { expectedMatches, type Exposure, type Field } from "./expected.ts";

/** One ranking of all receivers for every proposer: `lists[proposer * receivers + place]`, drawn with the chance `weight`. */
export interface Lottery {
  readonly weight: number;
  readonly lists: Uint32Array;
}

export interface Allocation {
  readonly exposure: Exposure;
  /** The expected number of matches. */
  readonly value: number;
  readonly rounds: number;
  /** The rankings of which the exposure is the mean, the most likely first; their weights add up to 1. Only when asked for. */
  readonly lotteries: readonly Lottery[];
}

export interface AllocateOptions {
  readonly roundsMax?: number;
  /** Stops when a round gains less than this part of the value. */
  readonly tolerance?: number;
  /** Whether to keep the rankings: `rounds` × proposers × receivers numbers. */
  readonly lotteries?: boolean;
  /** For large pools: counts no further while it searches (see ExpectedOptions); the value at the end is exact all the same. */
  readonly countMax?: number;
  /** Whether to start from everybody alike too, and not only from the product of both chances. */
  readonly twoStarts?: boolean;
}

/**
 * Rankings for a whole pool at once with the greatest expected number of matches, by the method of Frank and Wolfe (1956). The derivative by "this receiver
 * at that place of this list" is the receiver's slope times the place's attention, a matrix of rank 1, so by the rearrangement inequality the best vertex
 * is a sort by slope: a round is one gradient and one sort of each list. It works where prices do not, when all rankings are identical.
 *
 * It starts from everybody at every place alike and from the ranking by the product of both chances, and keeps the better end. The problem is not concave, so
 * the end is a stationary point and no proof of the optimum.
 */
export function allocate(field: Field, options: AllocateOptions = {}): Allocation {
  const { market } = field;
  const mutual = rankBy(market, (proposer, receiver) => mutualChance(market, proposer, receiver));
  const product = climb(field, exposureOf(field, mutual), mutual, options);
  if (options.twoStarts === false) return product;
  const level = mean(field.attention.subarray(0, market.receivers));
  const even = climb(field, new Float64Array(market.proposers * market.receivers).fill(level), null, options);
  return product.value > even.value ? product : even;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** The chance that both say yes, each looking at the other: the reciprocal score. */
export function mutualChance({ likes, welcomes, proposers, receivers }: TwoSided, proposer: number, receiver: number): number {
  return (likes[proposer * receivers + receiver] ?? 0) * (welcomes[receiver * proposers + proposer] ?? 0);
}

/** For every proposer all receivers, the highest score first; equal scores in the order of their numbers. */
export function rankBy({ proposers, receivers }: TwoSided, score: (proposer: number, receiver: number) => number): Uint32Array {
  const lists = new Uint32Array(proposers * receivers);
  const scores = new Float64Array(receivers);
  for (let proposer = 0; proposer < proposers; proposer++) {
    const list = lists.subarray(proposer * receivers, (proposer + 1) * receivers);
    for (let receiver = 0; receiver < receivers; receiver++) {
      list[receiver] = receiver;
      scores[receiver] = score(proposer, receiver);
    }
    list.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  }
  return lists;
}

/** The attention that each receiver gets of each proposer by these lists. */
export function exposureOf({ market: { proposers, receivers }, attention }: Field, lists: Uint32Array): Exposure {
  const exposure = new Float64Array(proposers * receivers);
  for (let proposer = 0; proposer < proposers; proposer++) {
    const from = proposer * receivers;
    for (let place = 0; place < receivers; place++) exposure[from + (lists[from + place] as number)] = attention[place] as number;
  }
  return exposure;
}

function climb(field: Field, start: Exposure, lists: Uint32Array | null, options: AllocateOptions): Allocation {
  const { roundsMax = 200, tolerance = 1e-5, lotteries: keep = false, countMax = Infinity } = options;
  const { market } = field;
  const gradient = new Float64Array(start.length);
  const kept: { weight: number; lists: Uint32Array }[] = keep && lists ? [{ weight: 1, lists }] : [];
  let exposure = start;
  let value = expectedMatches(field, exposure, { gradient, countMax });
  let step = 1;
  let rounds = 0;
  let idle = 0;
  while (rounds < roundsMax && idle < 3) {
    rounds++;
    const best = rankBy(market, (proposer, receiver) => gradient[proposer * market.receivers + receiver] as number);
    const towards = exposureOf(field, best);
    const slope = dot(gradient, towards) - dot(gradient, exposure);
    if (slope <= tolerance * value * 0.1) break;
    const found = lineSearch(field, { exposure, towards, value, slope, first: Math.min(1, 2 * step), countMax });
    if (found === null) break;
    idle = found.value - value < tolerance * value ? idle + 1 : 0;
    step = found.step;
    exposure = found.exposure;
    value = expectedMatches(field, exposure, { gradient, countMax });
    if (keep) {
      for (const lottery of kept) lottery.weight *= 1 - step;
      kept.push({ weight: step, lists: best });
    }
  }
  return { exposure, value: countMax < Infinity ? expectedMatches(field, exposure) : value, rounds, lotteries: told(kept) };
}

/** An exposure of everybody alike has no list behind it; what it still weighs is shared out over the lists that came after it. */
function told(kept: readonly Lottery[]): Lottery[] {
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  const parts = kept.filter(({ weight }) => weight > 0).map(({ weight, lists }) => ({ weight: weight / total, lists }));
  return parts.sort((a, b) => b.weight - a.weight);
}

interface Line {
  readonly exposure: Exposure;
  readonly towards: Exposure;
  readonly value: number;
  readonly slope: number;
  readonly first: number;
  readonly countMax: number;
}

/** A step along the line that gains: the top of the parabola through the start, its slope and one point, halved until it is higher than the start. */
function lineSearch(
  field: Field,
  { exposure, towards, value, slope, first, countMax }: Line,
): { step: number; value: number; exposure: Exposure } | null {
  const at = (step: number): { step: number; value: number; exposure: Exposure } => {
    const there = exposure.map((shown, index) => shown + step * ((towards[index] as number) - shown));
    return { step, value: expectedMatches(field, there, { countMax }), exposure: there };
  };
  let best: { step: number; value: number; exposure: Exposure } | null = null;
  let step = first;
  for (let tries = 0; tries < 16; tries++) {
    const tried = at(step);
    const bend = (tried.value - value - slope * step) / (step * step);
    if (tried.value > (best?.value ?? value)) best = tried;
    const top = bend < 0 ? Math.min(1, -slope / (2 * bend)) : 1;
    if (best !== null && (Math.abs(top - tried.step) < 0.1 * tried.step || tries >= 3)) break;
    step = tried.value > value ? top : Math.min(top, step / 2);
    if (step < 1e-6) break;
  }
  return best;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}
