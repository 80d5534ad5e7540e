/**
 * Who may be paired with whom: a list per row, one after the other. In a market of two sides rows are one side and columns the other; in a market
 * of one side both are the same people, and each pair is listed once, on either row.
 */
export interface Edges {
  readonly rows: number;
  readonly columns: number;
  /** The list of a row is `start[row]` to `start[row + 1]`. */
  readonly start: Uint32Array;
  readonly column: Uint32Array;
  /** How much the row wants the column, 0 to 1. */
  readonly rowWants: Float32Array;
  /** How much the column wants the row, 0 to 1. */
  readonly columnWants: Float32Array;
}

/** Refuses edges that no allocation can work with, by a RangeError that names what is wrong. */
export function checkEdges({ rows, columns, start, column, rowWants, columnWants }: Edges): void {
  const count = start[rows];
  if (start.length !== rows + 1 || start[0] !== 0 || count === undefined)
    throw new RangeError("start must hold rows + 1 positions, from 0");
  if (column.length < count || rowWants.length < count || columnWants.length < count)
    throw new RangeError("the lists are shorter than start says");
  for (let row = 0; row < rows; row++) if ((start[row] as number) > (start[row + 1] as number)) throw new RangeError("start must not fall");
  for (let edge = 0; edge < count; edge++) {
    if ((column[edge] as number) >= columns) throw new RangeError("a column does not exist");
    if (!finite(rowWants[edge]) || !finite(columnWants[edge])) throw new RangeError("a chance must be a number from 0 to 1");
  }
}

function finite(chance: number | undefined): boolean {
  return chance !== undefined && chance >= 0 && chance <= 1;
}
