import type { Edges } from "@pendo/engine/allocate/edges";
import { blockingPairs, pairUp } from "@pendo/engine/allocate/pairs";
import { prices } from "@pendo/engine/allocate/prices";
import { seeded } from "@pendo/engine/random";

export interface DailyPairs {
  readonly perSide: number;
  readonly edges: number;
  readonly priceSec: number;
  readonly pairSec: number;
  readonly cpuSec: number;
  readonly rounds: number;
  /** The part of each side that has a pair, with prices and without. */
  readonly paired: number;
  readonly pairedUnpriced: number;
  /** Chances that both want, over everybody: with prices and without. */
  readonly worth: number;
  readonly worthUnpriced: number;
  /** Of a sample of the size of a town, by the audit. */
  readonly blocking: number;
  readonly memoryMb: number;
}

const TOWN = 5000;
const LIST = 10;

/** Prices and pairs of a whole country at once: towns of 5,000 a side, everybody with so many candidates in the own town, half taste and half popularity. */
export function runDailyPairs(perSide: number, each: number): DailyPairs {
  const edges = country(perSide, each);
  const cpu = process.cpuUsage();
  const started = performance.now();
  const found = prices(edges, { tolerance: 1e-2 });
  const priced = performance.now();
  const options = { prices: found, listMax: LIST };
  const pairs = pairUp(edges, options);
  const ended = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  const unpriced = pairUp(edges, { listMax: LIST });
  const worth = (edgeOfRow: Int32Array): number =>
    edgeOfRow.reduce((sum, edge) => sum + (edge < 0 ? 0 : (edges.rowWants[edge] as number) * (edges.columnWants[edge] as number)), 0) /
    perSide;
  const sample = country(Math.min(perSide, TOWN), each);
  const samplePrices = prices(sample, { tolerance: 1e-2 });
  const sampled = { prices: samplePrices, listMax: LIST };
  return {
    perSide,
    edges: perSide * each,
    priceSec: (priced - started) / 1000,
    pairSec: (ended - priced) / 1000,
    cpuSec: (user + system) / 1e6,
    rounds: found.rounds,
    paired: pairs.count / perSide,
    pairedUnpriced: unpriced.count / perSide,
    worth: worth(pairs.edgeOfRow),
    worthUnpriced: worth(unpriced.edgeOfRow),
    blocking: blockingPairs(sample, pairUp(sample, sampled), sampled),
    memoryMb: process.memoryUsage().rss / 1e6,
  };
}

function country(perSide: number, each: number): Edges {
  const random = seeded(5);
  const count = perSide * each;
  const edges = {
    rows: perSide,
    columns: perSide,
    start: Uint32Array.from({ length: perSide + 1 }, (_, row) => row * each),
    column: new Uint32Array(count),
    rowWants: new Float32Array(count),
    columnWants: new Float32Array(count),
  };
  const rowFame = new Float32Array(perSide).map(() => random());
  const columnFame = new Float32Array(perSide).map(() => random());
  for (let edge = 0; edge < count; edge++) {
    const row = Math.floor(edge / each);
    const town = Math.floor(row / TOWN) * TOWN;
    const other = town + Math.floor(random() * Math.min(TOWN, perSide - town));
    edges.column[edge] = other;
    edges.rowWants[edge] = (random() + (columnFame[other] as number)) / 2;
    edges.columnWants[edge] = (random() + (rowFame[row] as number)) / 2;
  }
  return edges;
}
