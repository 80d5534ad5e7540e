import { normalBelow } from "../../learn/normal.ts";
import { normal, seeded, type Random } from "@pendo/engine/random";
import { personFeatures } from "../features.ts";
import { meetingAt, type Forecast, type Model, type Task } from "../task.ts";
import { BaseRates } from "./baseRates.ts";
import { cellOf, seenOf, type Seen } from "./seen.ts";
import { beyondZero, chiSquared, inverseWishart2, outer, ridgeDraw, type Spread2 } from "./draws.ts";

export interface SocialRelationsOptions {
  readonly name: string;
  /** Rank of the taste factors. */
  readonly factors: number;
  /** Against whom the answers are measured that the readiness and the appeal of a person are regressed on; null does not use them. */
  readonly answers: "all" | "wave" | null;
  /** Whether the two of a pair may feel alike about each other for reasons that are theirs alone. */
  readonly dyads: boolean;
  /** Whether people heed appeal more or less than others do: the discrimination of Birnbaum (1968), each one's own factor of the other's appeal. */
  readonly heed?: boolean;
  readonly sweeps: number;
  readonly seed: number;
  /** How many chains the forecast is the mean of, from one seed upwards; 1 without. */
  readonly chains?: number;
}

const BURN = 0.25;
const UNKNOWN: Spread2 = [0.5, 0, 0.5];

/**
 * The social relations model (Kenny and La Voie 1984) in its Bayesian form with additive and multiplicative effects (Hoff 2021, "AMEN"), on a probit scale: a yes is
 * the base rate of the wave and gender, the readiness of the one, the appeal of the other, what the pair shares, and taste factors. Readiness and appeal of
 * a person are correlated, and both are regressed on the answers. Everything that says how much people differ is learned with the rest, from all waves
 * together, by Gibbs sampling (Albert and Chib 1993 for the yes and no). The forecast is the mean over draws of the chance that both say yes.
 */
export function socialRelations(options: SocialRelationsOptions): Model {
  const { chains = 1 } = options;
  const forecast = (task: Task): Forecast =>
    mean(Array.from({ length: chains }, (_, chain) => new Sampler(task, { ...options, seed: options.seed + chain }).run()));
  return { name: options.name, forecast };
}

function mean(forecasts: readonly Required<Forecast>[]): Forecast {
  const over = (of: "yes" | "both"): Float64Array =>
    Float64Array.from(
      forecasts[0]?.[of] ?? [],
      (_, index) => forecasts.reduce((sum, one) => sum + (one[of][index] as number), 0) / forecasts.length,
    );
  return { yes: over("yes"), both: over("both") };
}

/** The state of the chain: too much of it is shared between the steps to be handed around. */
class Sampler {
  readonly #task: Task;
  readonly #options: SocialRelationsOptions;
  readonly #random: Random;
  readonly #seen: Seen;
  /** Of each known meeting what the latent number departs from its mean by. */
  readonly #rest: Float64Array;
  readonly #gender: Uint8Array;
  readonly #answers: Float64Array[];
  readonly #base: BaseRates;
  readonly #effects: readonly [Float64Array, Float64Array];
  readonly #expected: readonly [Float64Array, Float64Array];
  readonly #spread: [Spread2, Spread2] = [UNKNOWN, UNKNOWN];
  readonly #slopeVariance = Float64Array.of(0.01, 0.01, 0.01, 0.01);
  readonly #products: Float64Array[][];
  readonly #factors: readonly [Float64Array[], Float64Array[]];
  readonly #factorVariance = Float64Array.of(0.3, 0.3, 0.3, 0.3);
  /** 1 is as much as others do. */
  readonly #heed: Float64Array;
  #heedVariance = 0.1;
  readonly #dyad: Float64Array;
  #dyadVariance = 0.1;

  constructor(task: Task, options: SocialRelationsOptions) {
    this.#task = task;
    this.#options = options;
    this.#random = seeded(options.seed);
    const { nights, known } = task;
    this.#gender = Uint8Array.from(nights.guests, ({ gender }) => gender);
    this.#seen = seenOf(task);
    this.#rest = new Float64Array(known.length);
    this.#base = new BaseRates(2 * nights.waves.length);
    const count = nights.guests.length;
    this.#effects = [new Float64Array(count), new Float64Array(count)];
    this.#expected = [new Float64Array(count), new Float64Array(count)];
    this.#answers = options.answers ? personFeatures(nights, options.answers).map((row) => row.map((value) => value / 3)) : [];
    this.#products = [0, 1].map((gender) => outer(this.#answers.filter((_, who) => this.#gender[who] === gender)));
    const factors = (): Float64Array[] =>
      Array.from({ length: options.factors }, () => new Float64Array(count).map(() => 0.3 * normal(this.#random)));
    this.#factors = [factors(), factors()];
    this.#heed = new Float64Array(count).fill(1);
    this.#dyad = new Float64Array(nights.meetings.length);
  }

  run(): Required<Forecast> {
    const { nights, asked } = this.#task;
    const yes = new Float64Array(nights.meetings.length);
    const both = new Float64Array(nights.meetings.length);
    const burn = Math.floor(BURN * this.#options.sweeps);
    for (let sweep = 0; sweep < this.#options.sweeps; sweep++) {
      this.#drawLatent();
      this.#base.redraw(this.#rest, this.#seen.cell, this.#random);
      for (const gender of [0, 1] as const) {
        this.#drawEffects(gender, 0);
        this.#drawEffects(gender, 1);
        this.#drawSpread(gender);
        if (this.#options.answers) for (const side of [0, 1] as const) this.#drawSlopes(gender, side);
      }
      if (this.#options.heed) this.#drawHeed();
      for (let k = 0; k < this.#options.factors; k++) for (const side of [0, 1] as const) this.#drawFactor(k, side);
      if (this.#options.dyads) this.#drawDyads();
      if (sweep >= burn) this.#count(yes, both);
    }
    const kept = this.#options.sweeps - burn;
    for (const index of asked) {
      yes[index] = (yes[index] as number) / kept;
      both[index] = (both[index] as number) / kept;
    }
    return { yes, both };
  }

  #product(from: number, to: number): number {
    let sum = 0;
    for (const [k, likes] of this.#factors[0].entries()) sum += (likes[from] as number) * (this.#factors[1][k]?.[to] as number);
    return sum;
  }

  /** The latent numbers, each above 0 where the answer was yes. */
  #drawLatent(): void {
    const [ready, appeal] = this.#effects;
    for (let at = 0; at < this.#rest.length; at++) {
      const [from, to] = [this.#seen.from[at] as number, this.#seen.to[at] as number];
      const mean =
        (this.#base.values[this.#seen.cell[at] as number] as number) +
        (ready[from] as number) +
        (this.#heed[from] as number) * (appeal[to] as number) +
        this.#product(from, to) +
        (this.#dyad[this.#seen.pair[at] as number] as number);
      this.#rest[at] = beyondZero(mean, this.#seen.yes[at] === 1, this.#random) - mean;
    }
  }

  /** Readiness (side 0) or appeal (side 1) of all of one gender, given the other of the two. */
  #drawEffects(gender: 0 | 1, side: 0 | 1): void {
    const effect = this.#effects[side];
    const other = this.#effects[1 - side] as Float64Array;
    const [own, covariance, others] = side === 0 ? this.#spread[gender] : ([...this.#spread[gender]].reverse() as [number, number, number]);
    const variance = own - (covariance * covariance) / others;
    this.#redraw(effect, side, gender, side === 1 && this.#options.heed ? this.#heed : null, (who) => ({
      mean:
        (this.#expected[side][who] as number) +
        (covariance / others) * ((other[who] as number) - (this.#expected[1 - side]?.[who] as number)),
      variance,
    }));
  }

  /** Draws one number of each person from what the meetings leave unexplained, and takes the change out of it. */
  #redraw(
    values: Float64Array,
    side: 0 | 1,
    gender: 0 | 1 | null,
    by: Float64Array | null,
    before: (who: number) => { mean: number; variance: number },
  ): void {
    const mine = side === 0 ? this.#seen.from : this.#seen.to;
    const theirs = side === 0 ? this.#seen.to : this.#seen.from;
    const sum = new Float64Array(values.length);
    const weight = new Float64Array(values.length);
    for (let at = 0; at < this.#rest.length; at++) {
      const who = mine[at] as number;
      const times = by ? (by[theirs[at] as number] as number) : 1;
      sum[who] = (sum[who] as number) + times * (this.#rest[at] as number);
      weight[who] = (weight[who] as number) + times * times;
    }
    const moved = new Float64Array(values.length);
    for (const [who, value] of values.entries()) {
      if (gender !== null && this.#gender[who] !== gender) continue;
      const { mean, variance } = before(who);
      const posterior = 1 / ((weight[who] as number) + 1 / variance);
      const drawn =
        ((sum[who] as number) + (weight[who] as number) * value + mean / variance) * posterior +
        Math.sqrt(posterior) * normal(this.#random);
      moved[who] = drawn - value;
      values[who] = drawn;
    }
    for (let at = 0; at < this.#rest.length; at++) {
      const times = by ? (by[theirs[at] as number] as number) : 1;
      this.#rest[at] = (this.#rest[at] as number) - times * (moved[mine[at] as number] as number);
    }
  }

  #drawSpread(gender: 0 | 1): void {
    let [ready, both, appeal, count] = [1.2, 0, 1.2, 4];
    for (const [who, value] of this.#effects[0].entries()) {
      if (this.#gender[who] !== gender) continue;
      const one = value - (this.#expected[0][who] as number);
      const other = (this.#effects[1][who] as number) - (this.#expected[1][who] as number);
      ready += one * one;
      both += one * other;
      appeal += other * other;
      count++;
    }
    this.#spread[gender] = inverseWishart2([ready, both, appeal], count, this.#random);
  }

  /** How the answers move readiness or appeal: ridge regression with a ridge that is learned. */
  #drawSlopes(gender: 0 | 1, side: 0 | 1): void {
    const variance = this.#spread[gender][side === 0 ? 0 : 2];
    const at = 2 * gender + side;
    const seen = this.#answers.flatMap((row, who): [Float64Array, number][] =>
      this.#gender[who] === gender ? [[row, this.#effects[side][who] as number]] : [],
    );
    const slopes = ridgeDraw(
      seen,
      this.#products[gender] as Float64Array[],
      { variance, slope: this.#slopeVariance[at] as number },
      this.#random,
    );
    const squares = slopes.reduce((sum, slope) => sum + slope * slope, 0);
    this.#slopeVariance[at] = (squares + 0.02) / chiSquared(slopes.length + 2, this.#random);
    for (const [who, row] of this.#answers.entries()) {
      if (this.#gender[who] === gender) this.#expected[side][who] = row.reduce((sum, value, i) => sum + value * (slopes[i] as number), 0);
    }
  }

  #drawHeed(): void {
    this.#redraw(this.#heed, 0, null, this.#effects[1], () => ({ mean: 1, variance: this.#heedVariance }));
    const squares = this.#heed.reduce((sum, value) => sum + (value - 1) ** 2, 0);
    this.#heedVariance = (squares + 0.4) / chiSquared(this.#heed.length + 4, this.#random);
  }

  #drawFactor(k: number, side: 0 | 1): void {
    const values = this.#factors[side][k] as Float64Array;
    const by = this.#factors[1 - side]?.[k] as Float64Array;
    this.#redraw(values, side, null, by, (who) => ({
      mean: 0,
      variance: this.#factorVariance[2 * (this.#gender[who] as number) + side] as number,
    }));
    if (k < this.#options.factors - 1) return;
    for (const gender of [0, 1]) {
      let [squares, count] = [1.2, 4];
      for (const factor of this.#factors[side]) {
        for (const [who, value] of factor.entries()) {
          if (this.#gender[who] !== gender) continue;
          squares += value * value;
          count++;
        }
      }
      this.#factorVariance[2 * gender + side] = squares / chiSquared(count, this.#random);
    }
  }

  #drawDyads(): void {
    const sum = new Float64Array(this.#dyad.length);
    const count = new Uint8Array(this.#dyad.length);
    for (let at = 0; at < this.#rest.length; at++) {
      const pair = this.#seen.pair[at] as number;
      sum[pair] = (sum[pair] as number) + (this.#rest[at] as number) + (this.#dyad[pair] as number);
      count[pair] = (count[pair] as number) + 1;
    }
    let [squares, pairs] = [0.4, 4];
    const last = this.#dyad.slice();
    for (const [pair, meetings] of count.entries()) {
      if (meetings === 0) continue;
      const variance = 1 / (meetings + 1 / this.#dyadVariance);
      const drawn = (sum[pair] as number) * variance + Math.sqrt(variance) * normal(this.#random);
      this.#dyad[pair] = drawn;
      squares += drawn * drawn;
      pairs++;
    }
    this.#dyadVariance = squares / chiSquared(pairs, this.#random);
    for (let at = 0; at < this.#rest.length; at++) {
      const pair = this.#seen.pair[at] as number;
      this.#rest[at] = (this.#rest[at] as number) + (last[pair] as number) - (this.#dyad[pair] as number);
    }
  }

  /** Adds this draw's chances. What a pair shares is not known of those asked about, so it is drawn, the same for both. */
  #count(yes: Float64Array, both: Float64Array): void {
    const { nights, asked } = this.#task;
    const chance = (index: number, shared: number): number => {
      const { from, to } = meetingAt(nights, index);
      const base = this.#base.values[cellOf(this.#task, index)] as number;
      const liked = (this.#heed[from] as number) * (this.#effects[1][to] as number);
      return normalBelow(base + (this.#effects[0][from] as number) + liked + this.#product(from, to) + shared);
    };
    for (const index of asked) {
      const { back } = meetingAt(nights, index);
      if (back < index) continue;
      const shared = this.#options.dyads ? Math.sqrt(this.#dyadVariance) * normal(this.#random) : 0;
      const [one, other] = [chance(index, shared), chance(back, shared)];
      yes[index] = (yes[index] as number) + one;
      yes[back] = (yes[back] as number) + other;
      both[index] = (both[index] as number) + one * other;
      both[back] = both[index] as number;
    }
  }
}
