import { dot, fitLogistic } from "../../learn/logistic.ts";
import { solve } from "../../learn/linear.ts";
import { sigmoid } from "@pendo/engine/score/chance";
import { pairFeatures, personFeatures } from "../features.ts";
import type { Nights } from "../night.ts";
import { meetingAt, type Forecast, type Model, type Task } from "../task.ts";

export interface DirectOptions {
  readonly against: "all" | "wave";
  /** Whether what the two have in common takes part, beside what each is. */
  readonly pairs: boolean;
  readonly ridge: number;
}

/**
 * Logistic regression on the match itself, not on the two decisions: one row per pair, the woman's answers and the man's. A match needs only one set of weights for
 * each gender where two decisions need two, and it sees that the choosy are those whom many want, which cancels out in a product.
 */
export function matchLogistic(options: DirectOptions): Model {
  return {
    name: `logistic of the match, ${options.pairs ? "both" : "person"} features against ${options.against}, ridge ${options.ridge}`,
    forecast: (task) => {
      const { nights, asked } = task;
      const people = personFeatures(nights, options.against);
      const row = (index: number): Float64Array => {
        const { from, to } = meetingAt(nights, index);
        return Float64Array.from([
          1,
          ...(people[from] ?? []),
          ...(people[to] ?? []),
          ...(options.pairs ? pairFeatures(nights, people, from, to) : []),
        ]);
      };
      const women = (index: number): boolean => nights.guests[meetingAt(nights, index).from]?.gender === 0;
      const from = others(task).filter(women);
      const fitted = fitLogistic(
        from.map(row),
        from.map((index) => (meetingAt(nights, index).match ? 1 : 0)),
        { ridge: ridges(row(from[0] ?? 0).length, options.ridge), weights: waveWeights(nights, from), roundsMax: 6 },
      );
      const both = new Float64Array(nights.meetings.length);
      for (const index of asked.filter(women)) both[index] = both[meetingAt(nights, index).back] = sigmoid(dot(fitted, row(index)));
      return { yes: both, both };
    },
  };
}

function ridges(size: number, ridge: number): Float64Array {
  return Float64Array.from({ length: size }, (_, at) => (at === 0 ? 1e-3 : ridge));
}

/** Large waves have many rows: each counts by the root of its wave's size, with 1 as the mean. */
export function waveWeights(nights: Nights, from: readonly number[]): Float64Array {
  const sizes = new Map<number, number>();
  for (const index of from) sizes.set(meetingAt(nights, index).wave, (sizes.get(meetingAt(nights, index).wave) ?? 0) + 1);
  const weights = Float64Array.from(from, (index) => 1 / Math.sqrt(sizes.get(meetingAt(nights, index).wave) ?? 1));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length);
  return weights.map((weight) => weight / mean);
}

/** Known meetings of waves that are not asked about; where all are, all that are known. */
export function others({ nights, known, asked }: Task): number[] {
  const waves = new Set(asked.map((index) => meetingAt(nights, index).wave));
  const found = known.filter((index) => !waves.has(meetingAt(nights, index).wave));
  return found.length > 0 ? found : [...known];
}

/**
 * How readily people say yes and hear it, against the others of their wave and gender, regressed on their answers by ridge regression: one row per person, so
 * that somebody of a large wave does not count for more by having met more.
 */
export function personEffects({ against, ridge }: { readonly against: "all" | "wave"; readonly ridge: number }): Model {
  return {
    name: `person effects, against ${against}, ridge ${ridge}`,
    forecast: (task): Forecast => {
      const { nights, asked } = task;
      const people = personFeatures(nights, against);
      const from = others(task);
      const effects = { from: effectsOf(nights, from, "from"), to: effectsOf(nights, from, "to") };
      const slopes = ([0, 1] as const).map((gender) => ({
        from: regress(nights, people, effects.from, { gender, ridge }),
        to: regress(nights, people, effects.to, { gender, ridge }),
      }));
      const yes = new Float64Array(nights.meetings.length);
      for (const index of asked) {
        const meeting = meetingAt(nights, index);
        const gender = nights.guests[meeting.from]?.gender ?? 0;
        const effect =
          dot(slopes[gender]?.from ?? [], people[meeting.from] ?? []) + dot(slopes[1 - gender]?.to ?? [], people[meeting.to] ?? []);
        yes[index] = Math.min(0.98, Math.max(0.02, 0.42 + effect));
      }
      return { yes };
    },
  };
}

interface Effect {
  readonly mean: number;
  readonly count: number;
}

function effectsOf(nights: Nights, from: readonly number[], side: "from" | "to"): Map<number, Effect> {
  const cells = new Map<string, { sum: number; count: number }>();
  const cellOf = (index: number): { sum: number; count: number } => {
    const { wave, from: who } = meetingAt(nights, index);
    const name = `${wave} ${nights.guests[who]?.gender ?? 0}`;
    const cell = cells.get(name) ?? { sum: 0, count: 0 };
    cells.set(name, cell);
    return cell;
  };
  for (const index of from) {
    const cell = cellOf(index);
    cell.sum += meetingAt(nights, index).yes ? 1 : 0;
    cell.count++;
  }
  const found = new Map<number, Effect>();
  for (const index of from) {
    const { sum, count } = cellOf(index);
    const who = meetingAt(nights, index)[side];
    const before = found.get(who) ?? { mean: 0, count: 0 };
    const rest = (meetingAt(nights, index).yes ? 1 : 0) - sum / count;
    found.set(who, { mean: (before.mean * before.count + rest) / (before.count + 1), count: before.count + 1 });
  }
  return found;
}

function regress(
  nights: Nights,
  people: readonly Float64Array[],
  effects: ReadonlyMap<number, Effect>,
  { gender, ridge }: { gender: 0 | 1; ridge: number },
): Float64Array {
  const size = people[0]?.length ?? 0;
  const bend = Array.from({ length: size }, (_, at) => new Float64Array(size).fill(0).map((_zero, other) => (at === other ? ridge : 0)));
  const right = new Float64Array(size);
  for (const [who, { mean, count }] of effects) {
    if (nights.guests[who]?.gender !== gender) continue;
    const row = people[who] as Float64Array;
    // Means of few meetings are mostly luck: five count half.
    const weight = count / (count + 5);
    for (const [i, line] of bend.entries()) {
      right[i] = (right[i] as number) + weight * mean * (row[i] as number);
      for (let j = 0; j <= i; j++) line[j] = (line[j] as number) + weight * (row[i] as number) * (row[j] as number);
    }
  }
  return solve(bend, right);
}
