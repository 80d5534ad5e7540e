import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import { seeded } from "../random.ts";
import { randomEdges } from "./edges.testing.ts";
import type { Edges } from "./edges.ts";
import { blockingPairs, pairUp, type Pairs } from "./pairs.ts";
import { prices, pricesOfOneSide } from "./prices.ts";
import { pairWithin } from "./roommates.ts";

const shape = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  columns: fc.integer({ min: 1, max: 40 }),
  chance: fc.double({ min: 0.05, max: 1, noNaN: true }),
  seed: fc.nat(1e6),
  listMax: fc.integer({ min: 1, max: 20 }),
  priced: fc.boolean(),
});

/** Everybody at most once, and both sides agree. */
function consistent(edges: Edges, { edgeOfRow, edgeOfColumn, count }: Pairs): void {
  let found = 0;
  for (const [row, edge] of edgeOfRow.entries()) {
    if (edge < 0) continue;
    found++;
    expect(edge).toBeGreaterThanOrEqual(edges.start[row] ?? 0);
    expect(edge).toBeLessThan(edges.start[row + 1] ?? 0);
    expect(edgeOfColumn[edges.column[edge] ?? 0]).toBe(edge);
  }
  expect(edgeOfColumn.filter((edge) => edge >= 0).length).toBe(found);
  expect(count).toBe(found);
}

test("nobody and nobody else would both rather have each other than whom they were given", () => {
  fc.assert(
    fc.property(shape, ({ rows, columns, chance, seed, listMax, priced }) => {
      const edges = randomEdges({ rows, columns, chance }, seeded(seed));
      const options = { listMax, ...(priced ? { prices: prices(edges, { tolerance: 0.01 }) } : {}) };
      const pairs = pairUp(edges, options);
      consistent(edges, pairs);
      expect(blockingPairs(edges, pairs, options)).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test("the audit sees when two partners are exchanged, when a pair is torn, and when rows take what is first in the list", () => {
  const edges = randomEdges({ rows: 30, columns: 30, chance: 1 }, seeded(4));
  const pairs = pairUp(edges);
  const torn = { ...pairs, edgeOfRow: pairs.edgeOfRow.slice(), edgeOfColumn: pairs.edgeOfColumn.slice() };
  const edge = torn.edgeOfRow[5] ?? 0;
  torn.edgeOfRow[5] = -1;
  torn.edgeOfColumn[edges.column[edge] ?? 0] = -1;
  expect(blockingPairs(edges, torn)).toBeGreaterThan(0);
  const inTurn = {
    ...pairs,
    edgeOfRow: Int32Array.from({ length: 30 }, (_, row) => row * 30 + row),
    edgeOfColumn: Int32Array.from({ length: 30 }, (_, row) => row * 30 + row),
  };
  expect(blockingPairs(edges, inTurn)).toBeGreaterThan(0);
});

test("who is paired does not depend on the order of the rows", () => {
  const edges = randomEdges({ rows: 25, columns: 25, chance: 1 }, seeded(9));
  const turned: Edges = {
    ...edges,
    rowWants: edges.rowWants.map((_, at) => edges.rowWants[(24 - Math.floor(at / 25)) * 25 + (at % 25)] ?? 0),
    columnWants: edges.columnWants.map((_, at) => edges.columnWants[(24 - Math.floor(at / 25)) * 25 + (at % 25)] ?? 0),
  };
  const partners = (market: Edges): number[] => [...pairUp(market).edgeOfRow].map((edge) => (edge < 0 ? -1 : (market.column[edge] ?? -1)));
  expect(partners(turned).reverse()).toEqual(partners(edges));
});

test("of two whom a column wants alike, the lower row is kept, whoever asks first", () => {
  // All want alike; rows 0 and 1 ask column 0 in turn, and whoever is sent away goes to column 1.
  const alike: Edges = {
    rows: 2,
    columns: 2,
    start: Uint32Array.of(0, 2, 4),
    column: Uint32Array.of(0, 1, 0, 1),
    rowWants: Float32Array.of(0.9, 0.5, 0.9, 0.5),
    columnWants: Float32Array.of(0.5, 0.5, 0.5, 0.5),
  };
  expect([...pairUp(alike).edgeOfRow]).toEqual([0, 3]);
  // A lower row that comes late, sent away by column 1, takes column 0 from the higher one.
  const late: Edges = {
    rows: 3,
    columns: 2,
    start: Uint32Array.of(0, 2, 3, 4),
    column: Uint32Array.of(1, 0, 0, 1),
    rowWants: Float32Array.of(0.9, 0.5, 0.9, 0.9),
    columnWants: Float32Array.of(0.5, 0.5, 0.5, 0.8),
  };
  expect([...pairUp(late).edgeOfRow]).toEqual([1, -1, 3]);
});

test("short lists pair more people when prices are asked", () => {
  const edges = randomEdges({ rows: 200, columns: 200, chance: 0.5 }, seeded(3));
  const famous: Edges = { ...edges, rowWants: edges.rowWants.map((want, at) => want * (0.05 + 0.95 * ((edges.column[at] ?? 0) / 200))) };
  const options = { listMax: 5 };
  expect(pairUp(famous, { ...options, prices: prices(famous) }).count).toBeGreaterThan(1.15 * pairUp(famous, options).count);
});

test("in a market of one side, nobody has a better partner who would rather have them", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.nat(1e6),
      fc.boolean(),
      (people, chance, seed, priced) => {
        const edges = randomEdges({ rows: people, columns: people, chance, oneSide: true }, seeded(seed));
        const asked = priced ? pricesOfOneSide(edges, { tolerance: 0.01 }) : undefined;
        const { partner, count } = pairWithin(edges, { rescue: false, ...(asked ? { prices: asked } : {}) });
        const worth = new Map<string, number>();
        for (let row = 0; row < people; row++) {
          for (let edge = edges.start[row] ?? 0; edge < (edges.start[row + 1] ?? 0); edge++) {
            const other = edges.column[edge] ?? 0;
            const both =
              (edges.rowWants[edge] ?? 0) * (edges.columnWants[edge] ?? 0) * (asked?.rows[row] ?? 1) * (asked?.columns[other] ?? 1);
            worth.set(`${row} ${other}`, both).set(`${other} ${row}`, both);
          }
        }
        const held = (who: number): number => worth.get(`${who} ${partner[who] ?? -1}`) ?? 0;
        for (const [pair, value] of worth) {
          const [one = 0, other = 0] = pair.split(" ").map(Number);
          expect(value <= Math.max(held(one), held(other)) * (1 + 1e-9)).toBe(true);
        }
        for (const [who, other] of partner.entries()) if (other >= 0) expect(partner[other]).toBe(who);
        expect(partner.filter((other) => other >= 0).length).toBe(2 * count);
      },
    ),
    { numRuns: 100 },
  );
});

test("whoever is left over is rescued where two pairs are worth more than one, and never at a loss", () => {
  // One and two are the best pair; zero knows only one, and three only two.
  const line: Edges = {
    rows: 4,
    columns: 4,
    start: Uint32Array.of(0, 1, 2, 3, 3),
    column: Uint32Array.of(1, 2, 3),
    rowWants: Float32Array.of(0.8, 0.9, 0.8),
    columnWants: Float32Array.of(0.8, 0.9, 0.8),
  };
  expect(pairWithin(line, { rescue: false })).toMatchObject({ count: 1, rescued: 0 });
  expect([...pairWithin(line).partner]).toEqual([1, 0, 3, 2]);
  expect(pairWithin(line)).toMatchObject({ count: 2, rescued: 1 });
  const poor = { ...line, rowWants: Float32Array.of(0.5, 0.9, 0.5) };
  expect(pairWithin(poor)).toMatchObject({ count: 1, rescued: 0 });
});
