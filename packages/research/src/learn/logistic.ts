import { sigmoid } from "@pendo/engine/score/chance";
import { solve } from "./linear.ts";

export interface LogisticOptions {
  /** How strongly each weight is held to 0: as one over the variance it is given beforehand. One number for all, or one for each. */
  readonly ridge: number | ArrayLike<number>;
  /** How much each observation counts; 1 each by default. */
  readonly weights?: ArrayLike<number>;
  readonly roundsMax?: number;
}

/**
 * Logistic regression with a ridge, by Newton's method: the weights of `rows`, which all have one length. A constant is a column of ones; give it a ridge of
 * nearly 0. O(rows × columns²) a round, of which there are about six.
 */
export function fitLogistic(rows: readonly ArrayLike<number>[], outcomes: ArrayLike<number>, options: LogisticOptions): Float64Array {
  const size = rows[0]?.length ?? 0;
  const ridge = typeof options.ridge === "number" ? new Float64Array(size).fill(options.ridge) : Float64Array.from(options.ridge);
  let found = new Float64Array(size);
  for (let round = 0; round < (options.roundsMax ?? 25); round++) {
    const slope = new Float64Array(size);
    const bend = Array.from({ length: size }, () => new Float64Array(size));
    for (const [at, row] of rows.entries()) {
      const chance = sigmoid(dot(found, row));
      const counts = options.weights?.[at] ?? 1;
      const error = counts * ((outcomes[at] ?? 0) - chance);
      const weight = counts * Math.max(1e-9, chance * (1 - chance));
      for (let i = 0; i < size; i++) {
        const x = row[i] as number;
        if (x === 0) continue;
        slope[i] = (slope[i] as number) + error * x;
        const line = bend[i] as Float64Array;
        for (let j = 0; j <= i; j++) line[j] = (line[j] as number) + weight * x * (row[j] as number);
      }
    }
    for (let i = 0; i < size; i++) {
      slope[i] = (slope[i] as number) - (ridge[i] as number) * (found[i] as number);
      (bend[i] as Float64Array)[i] = ((bend[i] as Float64Array)[i] as number) + (ridge[i] as number);
    }
    const step = solve(bend, slope);
    found = found.map((weight, at) => weight + (step[at] as number));
    if (step.reduce((most, move) => Math.max(most, Math.abs(move)), 0) < 1e-7) break;
  }
  return found;
}

/** The inner product over the length of `a`; `b` has to be as long. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}
