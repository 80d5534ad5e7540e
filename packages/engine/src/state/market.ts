import type { Edges } from "../allocate/edges.ts";
import { type Prices, pricingOfOneSide } from "../allocate/prices.ts";

/** One of a deck: their row, and what the deck went by. */
export interface Listed {
  readonly row: number;
  readonly score: number;
}

/** So many of a deck are kept. */
const KEPT = 8;
const [PRICE, TOLD, BEST, MADE, TARGETS, WANTS] = [0, 1, 2, 3, 4, 4 + KEPT] as const;
const WIDTH = 4 + 2 * KEPT;
/** Decks of whoever asked for none for so long are let go. */
const DAYS = 7;
const TEMPERATURE = 0.25;
/** With every deck made anew, this part of the logarithm of a price stays. Without it all turn to the same people, and away from them, by turns. */
const STAYS = 0.7;
/** In one step so many rows are walked over, or told. */
const ROWS_AT_ONCE = 20_000;
const TOLD_AT_ONCE = 250;
const nothing = { decks: 0, pairs: 0, rounds: 0, leastPrice: 1 };

/**
 * The market of the decks that were really made, and its prices against congestion (see prices.ts): who is wanted by more than they can meet is shown less, so
 * that others are met. Of each viewer's newest deck eight edges are kept, drawn by how much of the market's mass the deck gives to each, and each stands for
 * its share of the deck. The eight best would not do: all others would seem to be wanted by nobody.
 *
 * A pair may be drawn from both of their decks, and counts half each time. What is not in the first 400 of anybody's deck, as prices are now, is not seen; so
 * prices go part of the way, as far as decks were made anew, and what they bring forward is seen in the decks after.
 */
export class Market {
  /** First, how many decks were made since prices were found last; then what is kept of each row. */
  #words: Uint32Array;
  #floats: Float32Array;
  /** When prices were found last: from how many decks, how many pairs are expected of them, in how many rounds, and the least price. */
  last: { readonly decks: number; readonly pairs: number; readonly rounds: number; readonly leastPrice: number } = nothing;

  constructor(bytes: Uint8Array = new Uint8Array(4)) {
    this.#words = new Uint32Array(Uint8Array.from(bytes).buffer);
    this.#floats = new Float32Array(this.#words.buffer);
  }

  /** All of it but what is counted for metrics, for a snapshot. */
  get content(): Uint8Array {
    return new Uint8Array(this.#words.buffer);
  }

  get #renewed(): number {
    return this.#words[0] as number;
  }

  set #renewed(decks: number) {
    this.#words[0] = decks;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** The multiplier that decks go by: nearly 0 to 1. */
  priceOf(row: number): number {
    return this.#floats[startOf(row) + TOLD] || 1;
  }

  /** A deck was made; the newest of a viewer counts. `luck` is from 0 to below 1. */
  leave(viewer: number, deck: readonly Listed[], { day, luck }: { readonly day: number; readonly luck: number }): void {
    this.#reach(viewer);
    const from = startOf(viewer);
    let total = 0;
    let best = 0;
    for (const { row, score } of deck) {
      total += massOf(score);
      best = Math.max(best, score / this.priceOf(row));
    }
    let kept = 0;
    let sum = 0;
    let next = luck;
    for (const { row, score } of deck) {
      const share = deck.length <= KEPT ? 1 : (massOf(score) / total) * KEPT;
      sum += share;
      const times = deck.length <= KEPT ? 1 : Math.max(0, Math.ceil(sum - next));
      next += times;
      if (times === 0 || kept === KEPT) continue;
      this.#words[from + TARGETS + kept] = row;
      this.#floats[from + WANTS + kept] = (score / this.priceOf(row)) * standingFor(times / share);
      kept++;
    }
    this.#floats[from + BEST] = best;
    this.#words[from + MADE] = day * 256 + kept;
    this.#renewed++;
  }

  forget(row: number): void {
    this.#words.fill(0, startOf(row), startOf(row + 1));
  }

  /**
   * Finds prices in steps of a few milliseconds, and hands over whoever's moved by more than a hundredth, some at a time; between steps anything may happen to the
   * market. Nothing happens while no decks are made.
   */
  *pricing(
    rows: number,
    { today, isHere }: { readonly today: number; readonly isHere: (row: number) => boolean },
  ): Generator<readonly number[]> {
    if (this.#renewed === 0) return;
    const found = yield* this.#solve(rows, { today, isHere });
    if (found === undefined) return;
    const stays = STAYS ** Math.min(3, this.#renewed / this.last.decks);
    this.#renewed = 0;
    this.#reach(rows - 1);
    let leastPrice = 1;
    for (let from = 0; from < rows; from += TOLD_AT_ONCE) {
      const moved: number[] = [];
      for (let row = from; row < Math.min(rows, from + TOLD_AT_ONCE); row++) {
        const price = this.#found(row) ** stays * (found.rows[row] as number) ** (1 - stays);
        this.#floats[startOf(row) + PRICE] = price;
        leastPrice = Math.min(leastPrice, price);
        if (Math.abs(Math.log(price / this.priceOf(row))) < 0.01) continue;
        this.#floats[startOf(row) + TOLD] = price;
        moved.push(row);
      }
      yield moved;
    }
    this.last = { ...this.last, leastPrice };
  }

  #found(row: number): number {
    return this.#floats[startOf(row) + PRICE] || 1;
  }

  *#solve(
    rows: number,
    { today, isHere }: { today: number; isHere: (row: number) => boolean },
  ): Generator<readonly number[], Prices | undefined> {
    const start = new Uint32Array(rows + 1);
    const column = new Uint32Array(rows * KEPT);
    const wants = new Float32Array(rows * KEPT);
    let [count, decks, best, most] = [0, 0, 0, 0];
    for (let row = 0; row < rows; row++) {
      const from = startOf(row);
      const kept = isHere(row) ? this.#keptOf(row, today) : 0;
      if (kept > 0) [decks, best] = [decks + 1, best + (this.#floats[from + BEST] as number)];
      for (let at = 0; at < kept; at++) {
        const other = this.#words[from + TARGETS + at] as number;
        if (other >= rows || !isHere(other)) continue;
        const half = this.#keptOf(other, today) > 0 ? standingFor(0.5) : 1;
        column[count] = other;
        wants[count] = (this.#floats[from + WANTS + at] as number) * half;
        most = Math.max(most, wants[count++] as number);
      }
      start[row + 1] = count;
      if (row % ROWS_AT_ONCE === 0) yield [];
    }
    if (count === 0) return undefined;
    // Only proportions matter; the same numbers are both sides' wants, of which the product counts.
    for (let edge = 0; edge < count; edge++) wants[edge] = Math.sqrt((wants[edge] as number) / most);
    yield [];
    const edges: Edges = { rows, columns: rows, start, column, rowWants: wants, columnWants: wants };
    const before = new Float64Array(rows);
    for (let row = 0; row < rows; row++) before[row] = this.#found(row);
    yield [];
    const warm = { rows: before, columns: before };
    const steps = pricingOfOneSide(edges, { temperature: TEMPERATURE, roundsMax: 50, tolerance: 0.01, typical: best / decks / most, warm });
    for (;;) {
      const step = steps.next();
      if (step.done !== true) {
        yield [];
        continue;
      }
      this.last = { ...this.last, decks, pairs: step.value.pairs, rounds: step.value.rounds };
      return step.value;
    }
  }

  /** How many edges are kept of the newest deck of somebody, if it is new enough. */
  #keptOf(row: number, today: number): number {
    const made = this.#words[startOf(row) + MADE] ?? 0;
    if (made === 0 || today - Math.floor(made / 256) > DAYS) return 0;
    return made % 256;
  }

  #reach(row: number): void {
    if (startOf(row + 1) <= this.#words.length) return;
    const words = new Uint32Array(startOf(Math.ceil((row + 64) * 1.125)));
    words.set(this.#words);
    this.#words = words;
    this.#floats = new Float32Array(words.buffer);
  }
}

function startOf(row: number): number {
  return 1 + row * WIDTH;
}

/** The part of somebody's mass that an edge gets, but for a factor that all of theirs have: the kernel of prices.ts times the price. */
function massOf(score: number): number {
  return score ** (1 / (2 * TEMPERATURE));
}

/** What wants are multiplied by so that one edge has the mass of so many. */
function standingFor(edges: number): number {
  return edges ** (2 * TEMPERATURE);
}
