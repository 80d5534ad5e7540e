import { sigmoid } from "@pendo/engine/score/chance";
import { seeded, normal } from "@pendo/engine/random";
import { meetingAt, type Forecast, type Model, type Task } from "../task.ts";
import { others } from "./direct.ts";
import { type PriorOptions, priorLogits } from "./logistic.ts";

export interface RaschOptions {
  /** How strongly how readily somebody says yes, and how liked somebody is, are held to 0: one over their variance. */
  readonly ridge: number;
  /** Factors of taste beside them; 0 is Rasch's model. */
  readonly factors: number;
  readonly factorRidge: number;
  /** The answers' logistic, learned from other waves, to start from; without, one base rate for all. */
  readonly prior: PriorOptions | null;
  readonly name: string;
}

/**
 * Each has a readiness and an appeal (Rasch 1960), on top of the prior's logit, with taste factors on request: the posterior mode, by gradient steps scaled with
 * the curvature of each. Only the wave asked about is fitted; waves share nothing but the prior.
 */
export function rasch(options: RaschOptions): Model {
  return { name: options.name, forecast: (task) => fit(task, options) };
}

function fit(task: Task, options: RaschOptions): Forecast {
  const { nights, known, asked } = task;
  const waves = new Set(asked.map((index) => meetingAt(nights, index).wave));
  const own = known.filter((index) => waves.has(meetingAt(nights, index).wave));
  const rate = known.filter((index) => meetingAt(nights, index).yes).length / Math.max(1, known.length);
  const offset = options.prior
    ? priorLogits(task, others(task), options.prior)
    : new Float64Array(nights.meetings.length).fill(Math.log(rate / (1 - rate)));
  const count = nights.guests.length;
  const [actor, target] = [new Float64Array(count), new Float64Array(count)];
  const random = seeded(17);
  const factorsOf = (): Float64Array[] =>
    Array.from({ length: options.factors }, () => new Float64Array(count).map(() => 0.3 * normal(random)));
  const [likes, is] = [factorsOf(), factorsOf()];
  const logit = (index: number): number => {
    const { from, to } = meetingAt(nights, index);
    let sum = (offset[index] as number) + (actor[from] as number) + (target[to] as number);
    for (const [k, like] of likes.entries()) sum += (like[from] as number) * (is[k]?.[to] as number);
    return sum;
  };
  for (let round = 0; round < (options.factors > 0 ? 120 : 60); round++) {
    improve(task, own, { values: actor, side: "from", ridge: options.ridge, by: null, logit });
    improve(task, own, { values: target, side: "to", ridge: options.ridge, by: null, logit });
    for (const [k, like] of likes.entries()) {
      const other = is[k] as Float64Array;
      improve(task, own, { values: like, side: "from", ridge: options.factorRidge, by: other, logit });
      improve(task, own, { values: other, side: "to", ridge: options.factorRidge, by: like, logit });
    }
  }
  const yes = new Float64Array(nights.meetings.length);
  for (const index of asked) yes[index] = sigmoid(logit(index));
  return { yes };
}

interface Step {
  readonly values: Float64Array;
  readonly side: "from" | "to";
  readonly ridge: number;
  /** What the values are multiplied by, of the other person; null is 1. */
  readonly by: Float64Array | null;
  readonly logit: (index: number) => number;
}

/** One Newton step of one number of each person, all others held. */
function improve({ nights }: Task, own: readonly number[], { values, side, ridge, by, logit }: Step): void {
  const slope = values.map((value) => -ridge * value);
  const bend = new Float64Array(values.length).fill(ridge);
  for (const index of own) {
    const meeting = meetingAt(nights, index);
    const who = meeting[side];
    const times = by ? (by[side === "from" ? meeting.to : meeting.from] as number) : 1;
    const chance = sigmoid(logit(index));
    slope[who] = (slope[who] as number) + times * ((meeting.yes ? 1 : 0) - chance);
    bend[who] = (bend[who] as number) + times * times * Math.max(0.05, chance * (1 - chance));
  }
  for (const [who, value] of values.entries()) values[who] = value + (slope[who] as number) / (bend[who] as number);
}
