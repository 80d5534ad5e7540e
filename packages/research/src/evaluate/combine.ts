import { harmonic, logit, product, sigmoid } from "@pendo/engine/score/chance";
import { dot, fitLogistic } from "../learn/logistic.ts";
import { meetingAt, type Forecast, type Model, type Task } from "./task.ts";

/** How the chances of both directions become one score: not at all, by a mean or product, or as the model itself foretells both. */
export const combinations = ["one-way", "product", "harmonic", "joint"] as const;
export type Combination = (typeof combinations)[number];

/** By meeting, the score of those asked about; null when the model does not foretell both. */
export function combine({ nights, asked }: Task, { yes, both }: Forecast, combination: Combination): Float64Array | null {
  if (combination === "joint") return both ?? null;
  const score = new Float64Array(nights.meetings.length);
  for (const index of asked) {
    const [one, other] = [yes[index] as number, yes[meetingAt(nights, index).back] as number];
    score[index] = combination === "one-way" ? one : combination === "product" ? product(one, other) : harmonic(one, other);
  }
  return score;
}

/** The mean of several models' chances that both say yes, taken of the logits. Nothing is fitted. */
export function ensemble(task: Task, forecasts: readonly Forecast[]): Forecast {
  const both = new Float64Array(task.nights.meetings.length);
  const scores = forecasts.map((forecast) => mutual(task, forecast));
  for (const index of task.asked)
    both[index] = sigmoid(scores.reduce((sum, score) => sum + logit(score[index] as number), 0) / scores.length);
  return { yes: both, both };
}

function mutual(task: Task, forecast: Forecast): Float64Array {
  return combine(task, forecast, forecast.both ? "joint" : "product") as Float64Array;
}

/** A model of the night beside one of the match from the answers alone: the odds of the one times the odds of the other. */
export function timesOdds(name: string, night: Model, match: Model): Model {
  return {
    name,
    forecast: (task) => {
      const both = new Float64Array(task.nights.meetings.length);
      const score = combine(task, night.forecast(task), "harmonic") as Float64Array;
      const beside = match.forecast(task).yes;
      for (const index of task.asked) both[index] = sigmoid(logit(score[index] as number) + logit(beside[index] as number));
      return { yes: both, both };
    },
  };
}

/**
 * Stacking (Wolpert 1992): how much each model's logit counts, learned where all of them foretold second halves from first halves only, in the waves given. A
 * strong ridge pulls the weights to the plain mean.
 */
export function stack(
  learn: { task: Task; forecasts: readonly Forecast[]; waves: ReadonlySet<number> },
  task: Task,
  forecasts: readonly Forecast[],
): Forecast {
  const rowOf = (asked: Task, scores: readonly Float64Array[], models: readonly Forecast[], index: number): number[] => {
    const logits = scores.map((score) => logit(score[index] as number));
    const mean = logits.reduce((sum, value) => sum + value, 0) / logits.length;
    // A row of a pair is the same from either end: the woman's chance against the man's.
    const { from, back } = meetingAt(asked.nights, index);
    const [woman, man] = asked.nights.guests[from]?.gender === 0 ? [index, back] : [back, index];
    const apart = models.map(({ yes }) => logit(yes[woman] as number) - logit(yes[man] as number));
    // The mean is free, and what each model says beyond it is held down.
    return [1, mean, ...logits.map((value) => value - mean), ...apart];
  };
  const seen = learn.forecasts.map((forecast) => mutual(learn.task, forecast));
  const from = learn.task.asked.filter((index) => learn.waves.has(meetingAt(learn.task.nights, index).wave));
  const rows = from.map((index) => rowOf(learn.task, seen, learn.forecasts, index));
  const ridge = Float64Array.from({ length: rows[0]?.length ?? 0 }, (_, at) => (at < 2 ? 1e-3 : 20));
  const fitted = fitLogistic(
    rows,
    from.map((index) => (meetingAt(task.nights, index).match ? 1 : 0)),
    { ridge },
  );
  const both = new Float64Array(task.nights.meetings.length);
  const scores = forecasts.map((forecast) => mutual(task, forecast));
  for (const index of task.asked) both[index] = sigmoid(dot(fitted, rowOf(task, scores, forecasts, index)));
  return { yes: both, both };
}
