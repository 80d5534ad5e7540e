import { DIMENSIONS, type Traits } from "../index/population.ts";
import type { Belief } from "../learn/belief.ts";
import { LEARNED_WIDTH, readLearned, writeLearned } from "../learn/beliefCode.ts";
import { PRIOR_DIMENSIONS } from "../score/coldStart.ts";

/** The biases of the answers come before what was learned. */
const LEARNED = 2;
const DAY = LEARNED + 7;
const WIDTH = LEARNED + LEARNED_WIDTH;
const PRIOR_WIDTH = 2 * PRIOR_DIMENSIONS;
/** What of the answers is kept moves in steps of so much: to 16 with 16 bits, which no prior reaches. */
const PRIOR_STEP = 1 / 2048;

/** What is believed of everybody, row by row as in the index: about 220 bytes a person. */
export class Beliefs {
  /** Biases and variances, then the learned components; the day is 0 where nothing is believed. */
  numbers: Float32Array = new Float32Array(0);
  priors: Int16Array = new Int16Array(0);

  has(row: number): boolean {
    return (this.numbers[row * WIDTH + DAY] ?? 0) !== 0;
  }

  /** A copy, to be learned with and stored again. */
  at(row: number): Belief {
    return readLearned(this.numbers, row * WIDTH + LEARNED, this.#prior(row));
  }

  store(row: number, belief: Belief): void {
    if ((row + 1) * WIDTH > this.numbers.length) this.#grow(Math.ceil((row + 64) * 1.125));
    const { prior } = belief;
    this.numbers.set([prior.actorBias, prior.targetBias], row * WIDTH);
    writeLearned(this.numbers, row * WIDTH + LEARNED, belief);
    const to = row * PRIOR_WIDTH;
    for (let at = 0; at < PRIOR_DIMENSIONS; at++) {
      this.priors[to + at] = steps(prior.likes[at]);
      this.priors[to + PRIOR_DIMENSIONS + at] = steps(prior.is[at]);
    }
  }

  forget(row: number): void {
    this.numbers.fill(0, row * WIDTH, (row + 1) * WIDTH);
    this.priors.fill(0, row * PRIOR_WIDTH, (row + 1) * PRIOR_WIDTH);
  }

  get bytes(): number {
    return this.numbers.byteLength + this.priors.byteLength;
  }

  #prior(row: number): Traits {
    const [likes, is] = [new Float32Array(DIMENSIONS), new Float32Array(DIMENSIONS)];
    const from = row * PRIOR_WIDTH;
    for (let at = 0; at < PRIOR_DIMENSIONS; at++) {
      likes[at] = (this.priors[from + at] as number) * PRIOR_STEP;
      is[at] = (this.priors[from + PRIOR_DIMENSIONS + at] as number) * PRIOR_STEP;
    }
    const [actorBias = 0, targetBias = 0] = this.numbers.subarray(row * WIDTH, row * WIDTH + 2);
    return { likes, is, actorBias, targetBias, price: 1 };
  }

  #grow(rows: number): void {
    const numbers = new Float32Array(rows * WIDTH);
    numbers.set(this.numbers);
    const priors = new Int16Array(rows * PRIOR_WIDTH);
    priors.set(this.priors);
    [this.numbers, this.priors] = [numbers, priors];
  }
}

function steps(value = 0): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value / PRIOR_STEP)));
}
