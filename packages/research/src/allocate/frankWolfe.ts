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
  /**
   * How much it counts that every receiver gets something, beside how much all get: 0 (the default) counts matches alone; at 1, one per cent more for somebody
   * who gets the mean is worth twice what it adds to the matches. See `worth`.
   */
  readonly fairness?: number;
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
  const start = exposureOf(field, mutual);
  // Both starts are measured by one share, so that what they reach can be compared.
  const goal = goalOf(field, start, options);
  const product = climb(field, goal, { start, lists: mutual }, options);
  if (options.twoStarts === false) return product.allocation;
  const level = mean(field.attention.subarray(0, market.receivers));
  const alike = new Float64Array(market.proposers * market.receivers).fill(level);
  const even = climb(field, goal, { start: alike, lists: null }, options);
  return product.worth > even.worth ? product.allocation : even.allocation;
}

/** What is climbed: the expected matches, and how evenly receivers get them. */
interface Goal {
  readonly fairness: number;
  /** What a receiver gets on average by the product of both chances: the unit in which a logarithm is worth as much as a match. */
  readonly share: number;
  readonly countMax: number;
}

function goalOf(field: Field, start: Exposure, { fairness = 0, countMax = Infinity }: AllocateOptions): Goal {
  if (!(fairness >= 0)) throw new RangeError("fairness is at least 0");
  const share = fairness > 0 ? expectedMatches(field, start, { countMax }) / Math.max(1, field.market.receivers) : 0;
  return { fairness, share, countMax };
}

/**
 * The expected matches, and with fairness the sum of the logarithms of what each receiver gets (Nash 1950; proportional fairness, Kelly 1997), in units of a
 * mean share: `sum of g + fairness × share × sum of log(g / share)`. A receiver's column of the gradient is then weighed by `1 + fairness × share / g`, so that
 * the step remains a sort. Less than a thousandth of a share counts as that much, for a market may hold somebody whom nobody likes.
 */
function worth(field: Field, exposure: Exposure, { fairness, share, countMax }: Goal, gradient?: Float64Array): number {
  const slopes = gradient ? { gradient } : {};
  if (fairness === 0 || share === 0) return expectedMatches(field, exposure, { ...slopes, countMax });
  const { receivers } = field.market;
  const received = new Float64Array(receivers);
  const matches = expectedMatches(field, exposure, { ...slopes, received, countMax });
  let logarithms = 0;
  const weights = received.map((got) => {
    const counted = Math.max(got, share / 1000);
    logarithms += Math.log(counted / share);
    return 1 + (fairness * share) / counted;
  });
  if (gradient) for (const [at, slope] of gradient.entries()) gradient[at] = slope * (weights[at % receivers] as number);
  return matches + fairness * share * logarithms;
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

interface Start {
  readonly start: Exposure;
  readonly lists: Uint32Array | null;
}

function climb(field: Field, goal: Goal, { start, lists }: Start, options: AllocateOptions): { allocation: Allocation; worth: number } {
  const { roundsMax = 200, tolerance = 1e-5, lotteries: keep = false } = options;
  const { market } = field;
  const gradient = new Float64Array(start.length);
  const kept: { weight: number; lists: Uint32Array }[] = keep && lists ? [{ weight: 1, lists }] : [];
  let exposure = start;
  let value = worth(field, exposure, goal, gradient);
  let step = 1;
  let rounds = 0;
  let idle = 0;
  while (rounds < roundsMax && idle < 3) {
    rounds++;
    const best = rankBy(market, (proposer, receiver) => gradient[proposer * market.receivers + receiver] as number);
    const towards = exposureOf(field, best);
    const slope = dot(gradient, towards) - dot(gradient, exposure);
    if (slope <= tolerance * Math.abs(value) * 0.1) break;
    const found = lineSearch(field, { exposure, towards, value, slope, first: Math.min(1, 2 * step), goal });
    if (found === null) break;
    idle = found.value - value < tolerance * Math.abs(value) ? idle + 1 : 0;
    step = found.step;
    exposure = found.exposure;
    value = worth(field, exposure, goal, gradient);
    if (keep) {
      for (const lottery of kept) lottery.weight *= 1 - step;
      kept.push({ weight: step, lists: best });
    }
  }
  const exact = goal.fairness === 0 && goal.countMax === Infinity;
  const matches = exact ? value : expectedMatches(field, exposure);
  return { allocation: { exposure, value: matches, rounds, lotteries: normalizedLotteries(kept) }, worth: value };
}

/** An exposure of everybody alike has no list behind it; what it still weighs is shared out over the lists that came after it. */
function normalizedLotteries(kept: readonly Lottery[]): Lottery[] {
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
  readonly goal: Goal;
}

/** A step along the line that gains: the top of the parabola through the start, its slope and one point, halved until it is higher than the start. */
function lineSearch(
  field: Field,
  { exposure, towards, value, slope, first, goal }: Line,
): { step: number; value: number; exposure: Exposure } | null {
  const at = (step: number): { step: number; value: number; exposure: Exposure } => {
    const there = exposure.map((shown, index) => shown + step * ((towards[index] as number) - shown));
    return { step, value: worth(field, there, goal), exposure: there };
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
