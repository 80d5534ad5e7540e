import { checkEdges, type Edges } from "./edges.ts";
import type { PairOptions } from "./pairs.ts";

export interface Partners {
  /** For everybody the partner, or −1. */
  readonly partner: Int32Array;
  readonly count: number;
  /** How many pairs there are more than by choice alone, through somebody who changed partner. */
  readonly rescued: number;
}

/**
 * Pairs in a market of one side, where anybody may pair with anybody (the same sex, or any): roommates. With two opinions on each pair a stable answer need
 * not exist (Gale and Shapley 1962), so both sides go by one: the chance that both want, times both prices. Then taking the best pair that is left, again and
 * again, is stable: nobody has a better one who would rather have them.
 *
 * Whoever is left over then is the fallback's: a pair is opened when its two and two who are left over make two pairs worth more together. That gives up
 * stability for these, and is told as `rescued`; with `rescue: false` it is not done. O(edges · log edges).
 */
export function pairWithin(
  edges: Edges,
  { prices, rescue = true }: Pick<PairOptions, "prices"> & { readonly rescue?: boolean } = {},
): Partners {
  checkEdges(edges);
  if (edges.rows !== edges.columns) throw new RangeError("in a market of one side, rows and columns are the same people");
  const { rows, start, column, rowWants, columnWants } = edges;
  const rowOf = new Uint32Array(start[rows] as number);
  const value = new Float64Array(rowOf.length);
  for (let row = 0; row < rows; row++) {
    for (let edge = start[row] as number, to = start[row + 1] as number; edge < to; edge++) {
      const other = column[edge] as number;
      const both = (rowWants[edge] as number) * (columnWants[edge] as number);
      rowOf[edge] = row;
      value[edge] = row === other ? 0 : both * (prices ? (prices.rows[row] as number) * (prices.columns[other] as number) : 1);
    }
  }
  const order = Uint32Array.from(value.keys()).filter((edge) => (value[edge] as number) > 0);
  order.sort((a, b) => (value[b] as number) - (value[a] as number) || a - b);
  const partner = new Int32Array(rows).fill(-1);
  const held = new Float64Array(rows);
  let count = 0;
  for (const edge of order) {
    const [one, other] = [rowOf[edge] as number, column[edge] as number];
    if (partner[one] !== -1 || partner[other] !== -1) continue;
    join(partner, held, one, other, value[edge] as number);
    count++;
  }
  const rescued = rescue ? open({ order, rowOf, column, value, partner, held }) : 0;
  return { partner, count: count + rescued, rescued };
}

function join(partner: Int32Array, held: Float64Array, one: number, other: number, value: number): void {
  partner[one] = other;
  partner[other] = one;
  held[one] = held[other] = value;
}

interface Opening {
  readonly order: Uint32Array;
  readonly rowOf: Uint32Array;
  readonly column: Uint32Array;
  readonly value: Float64Array;
  readonly partner: Int32Array;
  readonly held: Float64Array;
}

/** Opens pairs (b, c) for (a, b) and (c, d), where a and d have nobody. One walk over the edges from somebody without partner, the best first. */
function open({ order, rowOf, column, value, partner, held }: Opening): number {
  // For everybody the edges to those who were left over.
  const towards = new Map<number, { single: number; value: number }[]>();
  for (const edge of order) {
    for (const [single, taken] of [
      [rowOf[edge] as number, column[edge] as number] as const,
      [column[edge] as number, rowOf[edge] as number] as const,
    ]) {
      if (partner[single] !== -1 || partner[taken] === -1) continue;
      const list = towards.get(taken) ?? [];
      list.push({ single, value: value[edge] as number });
      towards.set(taken, list);
    }
  }
  let rescued = 0;
  for (const [b, singles] of towards) {
    const c = partner[b] as number;
    const first = singles.find(({ single }) => partner[single] === -1);
    const second = towards.get(c)?.find(({ single }) => partner[single] === -1 && single !== first?.single);
    // Somebody who was left over has a partner by now, or c does not know any: the pair stays.
    if (!first || !second || first.value + second.value <= (held[b] as number)) continue;
    join(partner, held, first.single, b, first.value);
    join(partner, held, second.single, c, second.value);
    rescued++;
  }
  return rescued;
}
