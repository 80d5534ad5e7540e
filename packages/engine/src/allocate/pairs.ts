import { checkEdges, type Edges } from "./edges.ts";
import type { Prices } from "./prices.ts";

export interface Pairs {
  /** For every row the edge that leads to its partner, or −1. */
  readonly edgeOfRow: Int32Array;
  /** For every column the edge that leads to its partner, or −1. */
  readonly edgeOfColumn: Int32Array;
  readonly count: number;
  /** How often somebody was asked. */
  readonly asked: number;
}

export interface PairOptions {
  /** Nobody is asked beyond this place of a list. At most 256. */
  readonly listMax?: number;
  /** What wants are multiplied by on the list of each side: a popular column is worth less, so that lists are not all alike. */
  readonly prices?: Pick<Prices, "rows" | "columns">;
}

/**
 * Pairs of two sides by deferred acceptance (Gale and Shapley 1962): rows ask down their lists, columns keep the best who asked so far. A list is ordered by
 * the chance that both want, times the other's price, and cut at `listMax`; so is what a column compares by. No row and column that are on each other's
 * lists would both rather have each other than whom they got, which `blockingPairs` checks.
 *
 * Ties fall to the earlier edge, then the lower row. O(edges · log list) for the lists, and each entry of a list is asked once at most.
 */
export function pairUp(edges: Edges, options: PairOptions = {}): Pairs {
  checkEdges(edges);
  const { rows, columns, column } = edges;
  const { lists, lengths, width } = listsOf(edges, options);
  const next = new Uint16Array(rows);
  const edgeOfRow = new Int32Array(rows).fill(-1);
  const edgeOfColumn = new Int32Array(columns).fill(-1);
  const rowOfColumn = new Int32Array(columns).fill(-1);
  let asked = 0;
  let count = 0;
  for (let first = 0; first < rows; first++) {
    let row = first;
    // Whoever is sent away asks on at once, so one number is all the memory that is needed.
    while (row >= 0) {
      const place = next[row] as number;
      if (place >= (lengths[row] as number)) break;
      next[row] = place + 1;
      const edge = (edges.start[row] as number) + (lists[row * width + place] as number);
      const wanted = column[edge] as number;
      asked++;
      const held = edgeOfColumn[wanted] as number;
      const holder = rowOfColumn[wanted] as number;
      if (held >= 0 && !prefers(edges, options, { row, edge, holder, held })) continue;
      edgeOfColumn[wanted] = edge;
      rowOfColumn[wanted] = row;
      edgeOfRow[row] = edge;
      if (held < 0) count++;
      else edgeOfRow[holder] = -1;
      row = held < 0 ? -1 : holder;
    }
  }
  return { edgeOfRow, edgeOfColumn, count, asked };
}

/** How a row values an edge: the chance that both want, times the column's price. */
function rowValue({ rowWants, columnWants, column }: Edges, { prices }: PairOptions, edge: number): number {
  return (rowWants[edge] as number) * (columnWants[edge] as number) * (prices ? (prices.columns[column[edge] as number] as number) : 1);
}

/** How a column values an edge: what it wants itself, times the row's price. */
function columnValue({ columnWants }: Edges, { prices }: PairOptions, edge: number, row: number): number {
  return (columnWants[edge] as number) * (prices ? (prices.rows[row] as number) : 1);
}

function prefers(
  edges: Edges,
  options: PairOptions,
  { row, edge, holder, held }: { row: number; edge: number; holder: number; held: number },
): boolean {
  const difference = columnValue(edges, options, edge, row) - columnValue(edges, options, held, holder);
  return difference > 0 || (difference === 0 && row < holder);
}

interface Lists {
  /** `lists[row * width + place]`: the edge, counted from the row's first one. */
  readonly lists: Uint8Array;
  readonly lengths: Uint16Array;
  readonly width: number;
}

/** The best edges of each row. Sorted as whole numbers, a coarse value above the edge's place: ten times faster than with a comparison. */
function listsOf(edges: Edges, options: PairOptions): Lists {
  const { rows, start } = edges;
  const width = Math.min(options.listMax ?? 256, 256);
  const lists = new Uint8Array(rows * width);
  const lengths = new Uint16Array(rows);
  const keys = new Uint32Array(256);
  for (let row = 0; row < rows; row++) {
    const from = start[row] as number;
    const length = (start[row + 1] as number) - from;
    if (length > 256) throw new RangeError("a row has more than 256 edges");
    const sorted = keys.subarray(0, length);
    let wanted = 0;
    for (let at = 0; at < length; at++) {
      const value = rowValue(edges, options, from + at);
      if (value <= 0) continue;
      // 24 bits of value, turned round, so that the best come first and equal ones stay in their order.
      sorted[wanted++] = ((0xffffff - coarse(value)) << 8) | at;
    }
    const best = sorted.subarray(0, wanted).sort();
    const listed = Math.min(width, wanted);
    lengths[row] = listed;
    for (let place = 0; place < listed; place++) lists[row * width + place] = (best[place] as number) & 0xff;
  }
  return { lists, lengths, width };
}

const bits = new DataView(new ArrayBuffer(4));

/** The value in 24 bits, in the same order: prices reach over many powers of ten, so it is the upper part of a float and no fixed point. */
function coarse(value: number): number {
  bits.setFloat32(0, value);
  return Math.min(0xffffff, bits.getUint32(0) >>> 7);
}

/**
 * The pairs that would leave whom they were given: both are on the row's list, the row values the column above its own partner, and the column the row.
 * It builds the lists again by itself and not as pairing does, so that a mistake there shows. 0 for every correct pairing.
 */
export function blockingPairs(edges: Edges, pairs: Pairs, options: PairOptions = {}): number {
  const { rows, start, column } = edges;
  const listMax = Math.min(options.listMax ?? 256, 256);
  const rowOfEdge = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    const edge = pairs.edgeOfRow[row] as number;
    if (edge >= 0) rowOfEdge.set(edge, row);
  }
  let blocking = 0;
  for (let row = 0; row < rows; row++) {
    const from = start[row] as number;
    const list = Array.from({ length: (start[row + 1] as number) - from }, (_, at) => from + at)
      .filter((edge) => rowValue(edges, options, edge) > 0)
      .sort((a, b) => coarse(rowValue(edges, options, b)) - coarse(rowValue(edges, options, a)) || a - b)
      .slice(0, listMax);
    const given = pairs.edgeOfRow[row] as number;
    for (const edge of list) {
      if (edge === given) break;
      const held = pairs.edgeOfColumn[column[edge] as number] as number;
      if (held < 0 || prefers(edges, options, { row, edge, holder: rowOfEdge.get(held) ?? -1, held })) blocking++;
    }
  }
  return blocking;
}
