import { newcomerBoost } from "@pendo/engine/score/explore";
import { worthOfYes } from "@pendo/engine/score/indiscriminate";

const [YESES, SWIPES, SHOWN, WEIGHT, CAME, HERE] = [0, 1, 2, 3, 4, 5] as const;
const WIDTH = 6;
/** Of whoever was not here for so long, time changes nothing more: neither their weight, nor what is drawn for the day. */
export const ACTIVE_DAYS = 70;
/** The index takes no price of 0. */
const PRICE_MIN = 1e-6;

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

  /** How many yeses somebody said, of how many swipes, and how often they were answered, which is how often they were looked at. */
  countsOf(row: number): { readonly yeses: number; readonly swipes: number; readonly shown: number } {
    return { yeses: this.#at(row, YESES), swipes: this.#at(row, SWIPES), shown: this.#at(row, SHOWN) };
  }

  /** Of which day the luck is that somebody is shown with. */
  luckDayOf(row: number, today: number): number {
    // A day less than are looked at anew, for that goes by the hour.
    return Math.min(today, this.#at(row, HERE) + ACTIVE_DAYS - 1);
  }

  /**
   * What the chance that both say yes is multiplied by, whoever looks. Whoever says yes to everybody is not shown first, and their yes is no reason to be;
   * newcomers are lifted as long as fewer have looked at them than is due by the middle of the day.
   */
  priceOf(row: number, today: number): number {
    const { yeses, swipes, shown } = this.countsOf(row);
    const boost = newcomerBoost(today - this.#at(row, CAME) + 0.5, shown);
    return Math.max(PRICE_MIN, (this.#at(row, WEIGHT) || 1) * worthOfYes(yeses, swipes) * boost);
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
