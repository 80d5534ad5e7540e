import { expect, test } from "vitest";
import { seeded } from "../random.ts";
import { randomEdges } from "./edges.testing.ts";
import type { Edges } from "./edges.ts";
import { prices, pricesOfOneSide, pricingOfOneSide, type Prices } from "./prices.ts";

const T = 0.25;

/** How far each person's mass, alone and in pairs, is from 1 at these prices. */
function worstBalance(edges: Edges, found: Pick<Prices, "rows" | "columns">, oneSide: boolean): number {
  const inner = (multipliers: Float64Array): number[] => [...multipliers].map((price) => price ** (1 / (2 * T)));
  const [A, B] = [inner(found.rows), inner(found.columns)];
  const best = A.map((_, row) =>
    Math.max(0, ...listOf(edges, row).map((edge) => (edges.rowWants[edge] ?? 0) * (edges.columnWants[edge] ?? 0))),
  );
  const listed = best.filter((value) => value > 0);
  const typical = listed.reduce((sum, value) => sum + value, 0) / listed.length;
  const rows = A.map((a) => a * a);
  const columns = B.map((b) => b * b);
  for (const [row, a] of A.entries()) {
    for (const edge of listOf(edges, row)) {
      const column = edges.column[edge] ?? 0;
      const mass = a * (B[column] ?? 0) * (((edges.rowWants[edge] ?? 0) * (edges.columnWants[edge] ?? 0)) / typical) ** (1 / (2 * T));
      rows[row] = (rows[row] ?? 0) + mass;
      if (oneSide) rows[column] = (rows[column] ?? 0) + mass;
      else columns[column] = (columns[column] ?? 0) + mass;
    }
  }
  return Math.max(...[...rows, ...(oneSide ? [] : columns)].map((mass) => Math.abs(mass - 1)));
}

function listOf({ start }: Edges, row: number): number[] {
  return Array.from({ length: (start[row + 1] ?? 0) - (start[row] ?? 0) }, (_, at) => (start[row] ?? 0) + at);
}

const edges = randomEdges({ rows: 60, columns: 40, chance: 0.4 }, seeded(2));
const circle = randomEdges({ rows: 50, columns: 50, chance: 0.4, oneSide: true }, seeded(2));

test("prices balance the market: everybody is alone or in pairs, once", () => {
  const found = prices(edges, { temperature: T, tolerance: 1e-9, roundsMax: 2000 });
  expect(worstBalance(edges, found, false)).toBeLessThan(1e-6);
});

test("as many pairs are told as there are people who are not alone", () => {
  const found = prices(edges, { temperature: T, tolerance: 1e-9, roundsMax: 2000 });
  const together = (multipliers: Float64Array): number => multipliers.reduce((sum, price) => sum + 1 - price ** (1 / T), 0);
  expect(found.pairs).toBeCloseTo(together(found.rows), 5);
  expect(found.pairs).toBeCloseTo(together(found.columns), 5);
  const one = pricesOfOneSide(circle, { temperature: T, tolerance: 1e-9, roundsMax: 2000 });
  expect(one.pairs).toBeCloseTo(together(one.rows) / 2, 5);
});

test("prices of one side balance it too", () => {
  const found = pricesOfOneSide(circle, { temperature: T, tolerance: 1e-9, roundsMax: 2000 });
  expect(worstBalance(circle, found, true)).toBeLessThan(1e-6);
});

test("prices of one side are the same in steps, of which each is short", () => {
  // Ten times the edges of one step.
  const people = 2_300;
  const wide = randomEdges({ rows: people, columns: people, chance: 1, oneSide: true }, seeded(4));
  const steps = pricingOfOneSide(wide, { roundsMax: 3 });
  const tookMs: number[] = [];
  for (;;) {
    const startedMs = performance.now();
    const step = steps.next();
    tookMs.push(performance.now() - startedMs);
    if (step.done !== true) continue;
    expect(step.value).toEqual(pricesOfOneSide(wide, { roundsMax: 3 }));
    break;
  }
  expect(tookMs.length).toBeGreaterThan(50);
  // Of the whole, and of nine steps in ten: a machine that is busy may stop any one of them.
  const whole = tookMs.reduce((sum, ms) => sum + ms, 0);
  expect(tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * 0.9)]).toBeLessThan(whole / 10);
});

test("what is typical may be told, as where edges stand for many", () => {
  const own = pricesOfOneSide(circle, { temperature: T, tolerance: 1e-9, roundsMax: 2000 });
  const [dear, cheap] = [0.001, 1].map((typical) => pricesOfOneSide(circle, { temperature: T, tolerance: 1e-9, roundsMax: 2000, typical }));
  expect(dear?.pairs).toBeGreaterThan(own.pairs);
  expect(cheap?.pairs).toBeLessThan(own.pairs);
  expect(() => pricesOfOneSide(circle, { typical: 0 })).toThrow(RangeError);
});

test("prices that were off by a tenth for one person would be caught", () => {
  const found = prices(edges, { temperature: T, tolerance: 1e-9, roundsMax: 2000 });
  const wrong = { ...found, columns: found.columns.map((price, at) => (at === 3 ? price * 0.9 : price)) };
  expect(worstBalance(edges, wrong, false)).toBeGreaterThan(1e-3);
});

test("whoever many want costs the most", () => {
  const star: Edges = {
    rows: 3,
    columns: 2,
    start: Uint32Array.of(0, 2, 4, 6),
    column: Uint32Array.of(0, 1, 0, 1, 0, 1),
    rowWants: Float32Array.of(0.9, 0.2, 0.9, 0.2, 0.9, 0.2),
    columnWants: Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
  };
  const { columns } = prices(star);
  expect(columns[0]).toBeLessThan(columns[1] ?? 0);
});

test("prices depend on proportions and not on how small all chances are", () => {
  const faint = { ...edges, rowWants: edges.rowWants.map((want) => want / 100) };
  const [one, other] = [prices(edges, { tolerance: 1e-8 }), prices(faint, { tolerance: 1e-8 })];
  for (const [at, price] of one.columns.entries()) expect(other.columns[at]).toBeCloseTo(price, 4);
});

test("yesterday's prices save rounds, and lead to the same", () => {
  const first = prices(edges, { tolerance: 1e-6 });
  const again = prices(
    { ...edges, rowWants: edges.rowWants.map((want, at) => (at === 0 ? want / 2 : want)) },
    { tolerance: 1e-6, warm: first },
  );
  const cold = prices({ ...edges, rowWants: edges.rowWants.map((want, at) => (at === 0 ? want / 2 : want)) }, { tolerance: 1e-6 });
  expect(again.rounds).toBeLessThan(cold.rounds);
  for (const [at, price] of cold.columns.entries()) expect(again.columns[at]).toBeCloseTo(price, 4);
});

test("somebody without edges has a price of 1, and edges that make no sense are refused", () => {
  const alone: Edges = {
    rows: 1,
    columns: 1,
    start: Uint32Array.of(0, 0),
    column: new Uint32Array(0),
    rowWants: new Float32Array(0),
    columnWants: new Float32Array(0),
  };
  expect([...prices(alone).rows, ...prices(alone).columns]).toEqual([1, 1]);
  for (const bad of [
    { ...edges, rowWants: edges.rowWants.map(() => Number.NaN) },
    { ...edges, columnWants: edges.columnWants.map(() => 1.5) },
    { ...edges, column: edges.column.map(() => 40) },
    { ...edges, start: edges.start.map(() => 1) },
    { ...edges, column: edges.column.subarray(1) },
  ]) {
    expect(() => prices(bad)).toThrow(RangeError);
  }
  expect(() => prices(edges, { temperature: 0 })).toThrow(RangeError);
  expect(() => prices(edges, { warm: { rows: new Float64Array(1), columns: new Float64Array(40) } })).toThrow(RangeError);
  expect(() => pricesOfOneSide(edges)).toThrow(RangeError);
});
