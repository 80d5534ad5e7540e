import { checkEdges, type Edges } from "./edges.ts";

/** The multipliers against congestion, from nearly 0 (many would pair with them) to 1 (nobody would). */
export interface Prices {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly rounds: number;
  /** The greatest relative change of a price in the last round. */
  readonly change: number;
  /** How many pairs the market is expected to make at these prices. */
  readonly pairs: number;
}

export interface PriceOptions {
  /** How much chance there is in who pairs with whom: less makes the best edges count for more. On the scale of the logarithm of both wants, > 0. */
  readonly temperature?: number;
  readonly roundsMax?: number;
  /** Stops when no price changes by more than this part. */
  readonly tolerance?: number;
  /** What wants are compared with, where it is not the mean over rows of their best edge: > 0. */
  readonly typical?: number;
  /** The prices of the last time, from which far fewer rounds are needed. */
  readonly warm?: Pick<Prices, "rows" | "columns">;
}

/**
 * Prices of a market of two sides in which utility can be passed on, with chance in everybody's taste: Choo and Siow, "Who Marries Whom and Why" (JPE
 * 2006). The pair (i, j) is made with the mass
 *
 *     μ(i, j) = Aᵢ Bⱼ (wants of i × wants of j / typical)^(1 / 2T)        with        Aᵢ² + Σⱼ μ(i, j) = 1        and        Bⱼ² + Σᵢ μ(i, j) = 1
 *
 * where A² and B² are who stays alone, and `typical` is the mean over rows of their best edge, so that only proportions matter. The utilities are
 * logarithms of chances, and that is why μ orders a list as "chance that both want × price" does, with the price B^(2T): the one that is returned.
 *
 * It is solved by turns for A and B (iterative proportional fitting; Galichon and Salanié, 2022), each a root of a quadratic, so a round costs O(edges).
 * Both sums of a round are taken in one walk over the rows, which spares a transposed copy of the edges.
 */
export function prices(edges: Edges, options: PriceOptions = {}): Prices {
  const { kernel, temperature, roundsMax, tolerance } = drained(prepared(edges, options));
  const rowPrices = started(edges.rows, options.warm?.rows, temperature);
  const columnPrices = started(edges.columns, options.warm?.columns, temperature);
  const sums = new Float64Array(edges.columns);
  let rounds = 0;
  let change = Infinity;
  let pairs = 0;
  while (rounds < roundsMax && change > tolerance) {
    rounds++;
    sums.fill(0);
    change = settleRows(edges, kernel, { rowPrices, columnPrices, sums });
    pairs = 0;
    for (let column = 0; column < edges.columns; column++) {
      const half = (sums[column] as number) / 2;
      const price = alone(half);
      change = Math.max(change, Math.abs(price - (columnPrices[column] as number)) / price);
      columnPrices[column] = price;
      pairs += 2 * half * price;
    }
  }
  return { rows: toPrices(rowPrices, temperature), columns: toPrices(columnPrices, temperature), rounds, change, pairs };
}

function settleRows(
  { rows, start, column }: Edges,
  kernel: Float32Array,
  { rowPrices, columnPrices, sums }: { rowPrices: Float64Array; columnPrices: Float64Array; sums: Float64Array },
): number {
  let change = 0;
  for (let row = 0; row < rows; row++) {
    const from = start[row] as number;
    const to = start[row + 1] as number;
    let sum = 0;
    for (let edge = from; edge < to; edge++) sum += (kernel[edge] as number) * (columnPrices[column[edge] as number] as number);
    const price = alone(sum / 2);
    const moved = Math.abs(price - (rowPrices[row] as number)) / price;
    if (moved > change) change = moved;
    rowPrices[row] = price;
    for (let edge = from; edge < to; edge++) {
      const at = column[edge] as number;
      sums[at] = (sums[at] as number) + (kernel[edge] as number) * price;
    }
  }
  return change;
}

/**
 * The prices of a market of one side, where anybody may pair with anybody (the same sex, or any): the same equations with one price each,
 *
 *     Aᵢ² + Σⱼ Aᵢ Aⱼ (wants of i × wants of j / typical)^(1 / 2T) = 1
 *
 * over each pair once, from either end. Turns do not exist here, so each round is damped by the geometric mean with the last.
 */
export function pricesOfOneSide(edges: Edges, options: PriceOptions = {}): Prices {
  return drained(pricingOfOneSide(edges, options));
}

/** The same, bit by bit, in small steps: after each some thousands of edges were walked over, a few milliseconds. The edges must stay as they are. */
export function* pricingOfOneSide(edges: Edges, options: PriceOptions = {}): Generator<void, Prices> {
  if (edges.rows !== edges.columns) throw new RangeError("in a market of one side, rows and columns are the same people");
  const { kernel, temperature, roundsMax, tolerance } = yield* prepared(edges, options);
  const found = started(edges.rows, options.warm?.rows, temperature);
  const sums = new Float64Array(edges.rows);
  let rounds = 0;
  let change = Infinity;
  let pairs = 0;
  while (rounds < roundsMax && change > tolerance) {
    rounds++;
    sums.fill(0);
    for (const [from, to] of stepsOf(edges)) {
      addUp(edges, kernel, { found, sums, from, to });
      yield;
    }
    change = 0;
    pairs = 0;
    for (let person = 0; person < edges.rows; person++) {
      const half = (sums[person] as number) / 2;
      const last = found[person] as number;
      const price = Math.sqrt(alone(half) * last);
      change = Math.max(change, Math.abs(price - last) / price);
      found[person] = price;
      pairs += half * price;
    }
    yield;
  }
  const multipliers = toPrices(found, temperature);
  return { rows: multipliers, columns: multipliers, rounds, change, pairs };
}

function addUp(
  { start, column }: Edges,
  kernel: Float32Array,
  { found, sums, from, to }: { found: Float64Array; sums: Float64Array; from: number; to: number },
): void {
  for (let row = from; row < to; row++) {
    for (let edge = start[row] as number, end = start[row + 1] as number; edge < end; edge++) {
      const other = column[edge] as number;
      const weight = kernel[edge] as number;
      sums[row] = (sums[row] as number) + weight * (found[other] as number);
      sums[other] = (sums[other] as number) + weight * (found[row] as number);
    }
  }
}

/** So many edges are walked over in a step; a person without any counts as one. */
const STEP = 1 << 18;

/** All rows, in parts of so many edges. */
function* stepsOf({ rows, start }: Edges): Generator<readonly [from: number, to: number]> {
  for (let from = 0; from < rows;) {
    let to = from + 1;
    while (to < rows && to - from + (start[to + 1] as number) - (start[from] as number) < STEP) to++;
    yield [from, to];
    from = to;
  }
}

/** Takes all steps at once. */
function drained<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The root of A² + 2 h A = 1 above 0, written so that nothing cancels when h is large. */
function alone(half: number): number {
  return 1 / (Math.sqrt(1 + half * half) + half);
}

interface Prepared {
  readonly kernel: Float32Array;
  readonly temperature: number;
  readonly roundsMax: number;
  readonly tolerance: number;
}

function* prepared(
  edges: Edges,
  { temperature = 0.25, roundsMax = 300, tolerance = 1e-3, ...given }: PriceOptions,
): Generator<void, Prepared> {
  checkEdges(edges);
  if (!(temperature > 0)) throw new RangeError("the temperature must be above 0");
  if (given.typical !== undefined && !(given.typical > 0)) throw new RangeError("what is typical must be above 0");
  const { rows, start, rowWants, columnWants } = edges;
  const kernel = new Float32Array(start[rows] as number);
  let sum = 0;
  let listed = 0;
  for (const [from, until] of stepsOf(edges)) {
    for (let row = from; row < until; row++) {
      let best = 0;
      for (let edge = start[row] as number, to = start[row + 1] as number; edge < to; edge++) {
        const both = (rowWants[edge] as number) * (columnWants[edge] as number);
        kernel[edge] = both;
        if (both > best) best = both;
      }
      sum += best;
      if (best > 0) listed++;
    }
    yield;
  }
  const typical = given.typical ?? (listed > 0 ? sum / listed : 1);
  const power = 1 / (2 * temperature);
  for (const [from, until] of stepsOf(edges)) {
    for (let edge = start[from] as number, to = start[until] as number; edge < to; edge++)
      kernel[edge] = Math.pow((kernel[edge] as number) / typical, power);
    yield;
  }
  return { kernel, temperature, roundsMax, tolerance };
}

function toPrices(found: Float64Array, temperature: number): Float64Array {
  return found.map((price) => Math.pow(price, 2 * temperature));
}

function started(count: number, warm: Float64Array | undefined, temperature: number): Float64Array {
  if (warm === undefined) return new Float64Array(count).fill(1);
  // Prices of another population would be read as those of this one.
  if (warm.length !== count) throw new RangeError("the earlier prices are of another number of people");
  return warm.map((price) => (price > 0 && price <= 1 ? Math.pow(price, 1 / (2 * temperature)) : 1));
}
