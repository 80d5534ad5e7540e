import { normal, type Random } from "@pendo/engine/random";
import { chiSquared } from "./draws.ts";

/** How readily a wave and gender says yes at all, on the probit scale: one number for each, of women at even places, about a mean of the gender. */
export class BaseRates {
  readonly values: Float64Array;
  readonly #mean = new Float64Array(2);
  readonly #variance = Float64Array.of(0.1, 0.1);

  constructor(cells: number) {
    this.values = new Float64Array(cells);
  }

  /** Draws all anew from what the meetings leave unexplained, and takes the change out of `rest`; `cell` says whose each meeting is. */
  redraw(rest: Float64Array, cell: Uint32Array, random: Random): void {
    const sum = new Float64Array(this.values.length);
    const count = new Float64Array(this.values.length);
    for (const [at, of] of cell.entries()) {
      sum[of] = (sum[of] as number) + (rest[at] as number);
      count[of] = (count[of] as number) + 1;
    }
    const moved = this.values.map((value, of) => {
      const precision = 1 / (this.#variance[of % 2] as number);
      const variance = 1 / ((count[of] as number) + precision);
      const total = (sum[of] as number) + (count[of] as number) * value + precision * (this.#mean[of % 2] as number);
      return total * variance + Math.sqrt(variance) * normal(random) - value;
    });
    for (const [at, of] of cell.entries()) rest[at] = (rest[at] as number) - (moved[of] as number);
    for (const [of, by] of moved.entries()) this.values[of] = (this.values[of] as number) + by;
    for (const gender of [0, 1]) this.#redrawGender(gender, random);
  }

  #redrawGender(gender: number, random: Random): void {
    const own = this.values.filter((_, of) => of % 2 === gender);
    const variance = this.#variance[gender] as number;
    const mean = own.reduce((total, value) => total + value, 0) / own.length + normal(random) * Math.sqrt(variance / own.length);
    const squares = own.reduce((total, value) => total + (value - mean) ** 2, 0);
    this.#mean[gender] = mean;
    this.#variance[gender] = (squares + 0.1) / chiSquared(own.length + 2, random);
  }
}
