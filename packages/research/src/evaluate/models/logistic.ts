import { dot, fitLogistic } from "../../learn/logistic.ts";
import { sigmoid } from "@pendo/engine/score/chance";
import { pairFeatures, personFeatures } from "../features.ts";
import type { Nights } from "../night.ts";
import { others, waveWeights } from "./direct.ts";
import { meetingAt, type Forecast, type Model, type Task } from "../task.ts";

export interface PriorOptions {
  readonly against: "all" | "wave";
  readonly features: "person" | "pair" | "both";
  /** How strongly weights are held to 0. */
  readonly ridge: number;
}

const rowsOf = new WeakMap<Nights, Map<string, Float64Array[]>>();

/** The row of every meeting, once for the genders together and once for how they differ. Kept, for every fold needs the same. */
function meetingRows(nights: Nights, { against, features }: PriorOptions): Float64Array[] {
  const kept = rowsOf.get(nights) ?? new Map<string, Float64Array[]>();
  rowsOf.set(nights, kept);
  const name = `${against} ${features}`;
  const found = kept.get(name);
  if (found) return found;
  const people = personFeatures(nights, against);
  const rows = nights.meetings.map(({ from, to }) => {
    const pair = features === "person" ? [] : [...pairFeatures(nights, people, from, to)];
    const single = features === "pair" ? [] : [...(people[from] ?? []), ...(people[to] ?? [])];
    const sign = nights.guests[from]?.gender === 1 ? 1 : -1;
    const plain = [...single, ...pair];
    return Float64Array.from([1, sign, ...plain, ...plain.map((value) => sign * value)]);
  });
  kept.set(name, rows);
  return rows;
}

/** The logit of a yes from the answers alone, of every meeting, as learned from the meetings given. Large waves do not count in full: the root of their size. */
export function priorLogits({ nights }: Task, learnFrom: readonly number[], options: PriorOptions): Float64Array {
  const rows = meetingRows(nights, options);
  const width = rows[0]?.length ?? 0;
  const ridge = Float64Array.from({ length: width }, (_, at) => (at < 2 ? 1e-3 : options.ridge));
  const fitted = fitLogistic(
    learnFrom.map((index) => rows[index] as Float64Array),
    learnFrom.map((index) => (meetingAt(nights, index).yes ? 1 : 0)),
    { ridge, weights: waveWeights(nights, learnFrom), roundsMax: 8 },
  );
  return Float64Array.from(rows, (row) => dot(fitted, row));
}

/** Logistic regression on the sign-up answers of both, which knows nothing of the night. */
export function logistic(options: PriorOptions): Model {
  return {
    name: `logistic, ${options.features} features against ${options.against}, ridge ${options.ridge}`,
    forecast: (task): Forecast => {
      const logits = priorLogits(task, others(task), options);
      return { yes: logits.map(sigmoid) };
    },
  };
}

/** How well the other's own ratings are what the one looks for: no fitting at all. */
export const agreement: Model = {
  name: "preference agreement",
  forecast: ({ nights, asked }) => {
    const people = personFeatures(nights, "all");
    const yes = new Float64Array(nights.meetings.length);
    for (const index of asked) {
      const { from, to } = meetingAt(nights, index);
      yes[index] = sigmoid(pairFeatures(nights, people, from, to)[0] ?? 0);
    }
    return { yes };
  },
};
