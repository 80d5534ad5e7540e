import type { Random } from "../random.ts";
import type { Edges } from "./edges.ts";

/** Random edges of so many rows and columns, each present with a chance. In a market of one side each pair is listed once. */
export function randomEdges(
  { rows, columns, chance, oneSide = false }: { rows: number; columns: number; chance: number; oneSide?: boolean },
  random: Random,
): Edges {
  const start = new Uint32Array(rows + 1);
  const [column, rowWants, columnWants]: [number[], number[], number[]] = [[], [], []];
  for (let row = 0; row < rows; row++) {
    for (let other = oneSide ? row + 1 : 0; other < columns; other++) {
      if (random() >= chance) continue;
      column.push(other);
      rowWants.push(0.02 + 0.98 * random() ** 2);
      columnWants.push(0.02 + 0.98 * random() ** 2);
    }
    start[row + 1] = column.length;
  }
  return {
    rows,
    columns,
    start,
    column: Uint32Array.from(column),
    rowWants: Float32Array.from(rowWants),
    columnWants: Float32Array.from(columnWants),
  };
}
