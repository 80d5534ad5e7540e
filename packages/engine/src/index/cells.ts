import { EARTH_METRES, placeOf, UNITS, type Point } from "../eligibility/sphere.ts";

/** How high a cell is, in km, and about how wide. Trees divide where people are many; of smaller cells most would hold a few and take a chunk. */
const CELL_KM = 40;

const ROW_RADIANS = (CELL_KM * 1000) / EARTH_METRES;
const ROWS = Math.ceil(Math.PI / ROW_RADIANS);
// Rounded points and arc sines are off by far less; it only makes the search look at a little more.
const MARGIN_RADIANS = 1e-7;
const SPAN = 64;
const POINTER_BYTES = 8;
/** What V8 keeps for a typed array besides its elements. */
const ARRAY_BYTES = 100;

/**
 * Which tree of leaves belongs to which cell of the Earth. Rows of equal height are each cut into whole cells around the parallel, so neither the date
 * line nor the poles are special. A table per row and span of 64 cells exists only where somebody was.
 */
export class Cells {
  readonly #rows: (Int32Array | undefined)[][] = Array.from({ length: ROWS }, () => []);

  /** The root of the tree at this cell, or −1. */
  rootAt(cell: Cell): number {
    return this.#rows[cell.row]?.[Math.floor(cell.column / SPAN)]?.[cell.column % SPAN] ?? -1;
  }

  setRootAt({ row, column }: Cell, root: number): void {
    const spans = this.#rows[row] as (Int32Array | undefined)[];
    const index = Math.floor(column / SPAN);
    const span = (spans[index] ??= new Int32Array(SPAN).fill(-1));
    span[column % SPAN] = root;
  }

  /** Every tree, with its cell. */
  *all(): Generator<{ readonly cell: Cell; readonly root: number }> {
    for (const [row, spans] of this.#rows.entries())
      for (const [index, span] of spans.entries())
        for (const [i, root] of (span ?? []).entries()) if (root >= 0) yield { cell: { row, column: index * SPAN + i }, root };
  }

  /** An estimate of the memory that the tables take. */
  get bytesEstimated(): number {
    return this.#rows.reduce(
      (sum, spans) => sum + spans.length * POINTER_BYTES + spans.filter(Boolean).length * (SPAN * 4 + ARRAY_BYTES),
      0,
    );
  }

  /** Calls back with the root of every tree that may hold somebody within so many km of the point, each once. */
  visitNear(centre: Point, radiusKm: number, visit: (root: number) => void): void {
    const { lat, lon } = placeOf(centre);
    const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
    const theta = (radiusKm * 1000) / EARTH_METRES + MARGIN_RADIANS;
    for (let row = rowAt(phi - theta); row <= rowAt(phi + theta); row++) {
      const spans = this.#rows[row] as (Int32Array | undefined)[];
      if (spans.length === 0) continue;
      const count = columnsOf(row);
      const halfWidth = halfWidthInRow(row, phi, theta);
      const around = halfWidth >= Math.PI;
      const first = around ? 0 : Math.floor(((lambda - halfWidth + Math.PI) / (2 * Math.PI)) * count);
      const last = around ? count - 1 : Math.min(first + count - 1, Math.floor(((lambda + halfWidth + Math.PI) / (2 * Math.PI)) * count));
      for (let column = first; column <= last; column++) {
        const wrapped = ((column % count) + count) % count;
        const span = spans[Math.floor(wrapped / SPAN)];
        if (span === undefined) {
          // Nobody in the rest of this span.
          const skip = Math.min(SPAN - (wrapped % SPAN), count - wrapped);
          column += skip - 1;
          continue;
        }
        const root = span[wrapped % SPAN] as number;
        if (root >= 0) visit(root);
      }
    }
  }
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The cell in which a point lies. */
export function cellOf(point: Point): Cell {
  const phi = Math.asin(Math.min(1, Math.max(-1, point.z / UNITS)));
  const row = rowAt(phi);
  const count = columnsOf(row);
  const turn = (Math.atan2(point.y, point.x) + Math.PI) / (2 * Math.PI);
  return { row, column: Math.min(count - 1, Math.floor(turn * count)) };
}

function rowAt(phi: number): number {
  return Math.min(ROWS - 1, Math.max(0, Math.floor((phi + Math.PI / 2) / ROW_RADIANS)));
}

function columnsOf(row: number): number {
  const middle = (row + 0.5) * ROW_RADIANS - Math.PI / 2;
  return Math.max(1, Math.round(((2 * Math.PI) / ROW_RADIANS) * Math.cos(middle)));
}

/** How far a circle on the sphere reaches east and west within a row, in radians: at one of the row's edges, or where the circle is widest. */
function halfWidthInRow(row: number, phi: number, theta: number): number {
  const south = Math.max(-Math.PI / 2, row * ROW_RADIANS - Math.PI / 2 - MARGIN_RADIANS);
  const north = Math.min(Math.PI / 2, (row + 1) * ROW_RADIANS - Math.PI / 2 + MARGIN_RADIANS);
  const sineWidest = Math.sin(phi) / Math.cos(theta);
  const widest = Math.abs(sineWidest) < 1 ? Math.asin(sineWidest) : Number.NaN;
  let half = Math.max(halfWidthAt(south, phi, theta), halfWidthAt(north, phi, theta));
  if (widest > south && widest < north) half = Math.max(half, halfWidthAt(widest, phi, theta));
  return half + MARGIN_RADIANS / Math.max(1e-9, Math.cos(phi));
}

function halfWidthAt(latitude: number, phi: number, theta: number): number {
  const cosine = (Math.cos(theta) - Math.sin(phi) * Math.sin(latitude)) / (Math.cos(phi) * Math.cos(latitude));
  // Where a pole lies within, every direction is. Beyond the circle, the cosine is above 1.
  if (cosine <= -1) return Math.PI;
  return cosine >= 1 ? 0 : Math.acos(cosine);
}
