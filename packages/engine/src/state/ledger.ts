import type { Counts, PriceFactors } from "../score/standing.ts";

const [YESES, SWIPES, SHOWN, WEIGHT, CAME, HERE] = [0, 1, 2, 3, 4, 5] as const;
const WIDTH = 6;

/** What the price of a person is made of, row by row as in the index: what stands of their answers and of answers to them, and what their row says. */
export class Ledger {
  numbers: Float32Array = new Float32Array(0);

  /** An answer came to stand, or, by −1, does no more. */
  count(row: number, target: number, { isYes, by }: { readonly isYes: boolean; readonly by: 1 | -1 }): void {
    this.#add(row, SWIPES, by);
    if (isYes) this.#add(row, YESES, by);
    this.#add(target, SHOWN, by);
  }

  /** What a row says: the weight that time and boosts give, and on which days the person came, and was here last. */
  store(row: number, { weight, cameOn, hereOn }: { readonly weight: number; readonly cameOn: number; readonly hereOn: number }): void {
    this.#reach(row);
    this.numbers[row * WIDTH + WEIGHT] = weight;
    this.numbers[row * WIDTH + CAME] = cameOn;
    this.numbers[row * WIDTH + HERE] = hereOn;
  }

  countsOf(row: number): Counts {
    return { yeses: this.#at(row, YESES), swipes: this.#at(row, SWIPES), shown: this.#at(row, SHOWN) };
  }

  standingOf(row: number): PriceFactors {
    return { ...this.countsOf(row), weight: this.#at(row, WEIGHT) || 1, cameOn: this.#at(row, CAME), hereOn: this.#at(row, HERE) };
  }

  forget(row: number): void {
    this.numbers.fill(0, row * WIDTH, (row + 1) * WIDTH);
  }

  get bytes(): number {
    return this.numbers.byteLength;
  }

  #at(row: number, which: number): number {
    return this.numbers[row * WIDTH + which] ?? 0;
  }

  #add(row: number, which: number, by: number): void {
    this.#reach(row);
    this.numbers[row * WIDTH + which] = Math.max(0, this.#at(row, which) + by);
  }

  #reach(row: number): void {
    if ((row + 1) * WIDTH <= this.numbers.length) return;
    const numbers = new Float32Array(Math.ceil((row + 64) * 1.125) * WIDTH);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}
