import { createHmac, type KeyObject } from "node:crypto";
import type { UserId } from "@pendo/contract/ids";
import { EARTH_RADIUS_KM, type Coordinates } from "../rules/distance.ts";

/** How wide and high a cell is, in km, give or take what makes whole cells fit around a parallel. */
export const CELL_KM = 2.2;

// Somebody whose cell just changed stands on its border. So nobody knows where the borders are: each is moved by up to this part of a cell, and
// differently for each person, so that nobody learns from their own borders where those of others run.
export const BORDER_SHIFT_MAX = 0.4;
// Whoever stands near a border stays in their cell until they are this part of a cell beyond it. A wider margin would tell more: who comes home from
// several sides would show, side by side, from where they are near.
export const STAY_MARGIN = 0.1;

const ROW_DEGREES = CELL_KM / ((EARTH_RADIUS_KM * Math.PI) / 180);
const BAND_DEGREES = 0.25;

/** The cells that places are snapped to: rows of equal height, each cut into equal cells from a meridian of its own, all shifted by a secret. */
export interface Grid {
  /**
   * The place to show for somebody who is at `place` now and was shown at `current`: the middle of a cell, whose borders only we know. It is
   * `current` itself while they are hardly outside its cell.
   */
  snap(userId: UserId, place: Coordinates, current: Coordinates | null): Coordinates;
}

interface Row {
  readonly index: number;
  readonly centreLat: number;
  /** How many cells lie around this parallel, and where the first begins. */
  readonly count: number;
  readonly widthDegrees: number;
  readonly startLon: number;
}

/** The grid of a deployment. The same key makes the same grid, so that a place is not told again by being snapped twice. */
export function secretGrid(key: KeyObject): Grid {
  const fraction = (text: string) => createHmac("sha256", key).update(text).digest().readUIntBE(0, 6) / 2 ** 48;
  const shift = (text: string) => (fraction(text) * 2 - 1) * BORDER_SHIFT_MAX;
  const offset = fraction("rows");

  function rowAt(index: number): Row {
    const south = Math.max(-90, (index - offset) * ROW_DEGREES);
    const north = Math.min(90, (index + 1 - offset) * ROW_DEGREES);
    const centreLat = (south + north) / 2;
    // Meridians meet at the poles, so a row holds as many cells as fit around its middle, and whole ones across the date line.
    const count = Math.max(1, Math.round((360 / ROW_DEGREES) * Math.cos((centreLat * Math.PI) / 180)));
    return { index, centreLat, count, widthDegrees: 360 / count, startLon: fraction(`row ${index}`) * 360 };
  }

  const rowsUp = (lat: number) => lat / ROW_DEGREES + offset;
  const cellsEast = (row: Row, lon: number) => wrapped(lon - row.startLon, 0) / row.widthDegrees;
  const lastRow = Math.ceil(rowsUp(90)) - 1;
  const firstRow = Math.floor(rowsUp(-90));

  /** How far north of the row's southern border a place is, in cells. A border is another one every quarter of a degree along it. */
  function aboveBorder(userId: UserId, index: number, { lat, lon }: Coordinates): number {
    if (index <= firstRow) return Infinity;
    if (index > lastRow) return -Infinity;
    return rowsUp(lat) - index - shift(`south ${userId} ${index} ${Math.floor(lon / BAND_DEGREES)}`);
  }

  /** How far east of the western border of a cell a place is, in cells, where the nearest way around leads. */
  function pastBorder(userId: UserId, row: Row, column: number, lon: number): number {
    const cell = ((column % row.count) + row.count) % row.count;
    return wrapped((cellsEast(row, lon) - cell) / row.count, -0.5, 1) * row.count - shift(`west ${userId} ${row.index} ${cell}`);
  }

  function isIn(userId: UserId, place: Coordinates, row: Row, column: number, margin: number): boolean {
    if (aboveBorder(userId, row.index, place) < -margin || aboveBorder(userId, row.index + 1, place) >= margin) return false;
    if (row.count < 3) return true;
    return pastBorder(userId, row, column, place.lon) >= -margin && pastBorder(userId, row, column + 1, place.lon) < margin;
  }

  function centre(row: Row, column: number): Coordinates {
    return { lat: row.centreLat, lon: wrapped(row.startLon + (column + 0.5) * row.widthDegrees, -180) };
  }

  return {
    snap(userId, place, current) {
      if (current) {
        const row = rowAt(Math.floor(rowsUp(current.lat)));
        const column = Math.floor(cellsEast(row, current.lon));
        if (isIn(userId, place, row, column, STAY_MARGIN)) return centre(row, column);
      }
      // Borders move by less than half a cell, so the place's cell is the one it would be in without that, or one beside it.
      const near = Math.min(lastRow, Math.floor(rowsUp(place.lat)));
      const index =
        [near, near - 1, near + 1].find((each) => aboveBorder(userId, each, place) >= 0 && aboveBorder(userId, each + 1, place) < 0) ??
        near;
      const row = rowAt(index);
      const nearest = Math.floor(cellsEast(row, place.lon));
      const column = [nearest, nearest - 1, nearest + 1].find((each) => isIn(userId, place, row, each, 0)) ?? nearest;
      return centre(row, ((column % row.count) + row.count) % row.count);
    },
  };
}

/** The same angle, in [from, from + turn). */
function wrapped(angle: number, from: number, turn = 360): number {
  const turned = (angle - from) % turn;
  const positive = turned < 0 ? turned + turn : turned;
  // Adding a turn to a tiny negative number may round to the turn itself.
  return (positive >= turn ? 0 : positive) + from;
}
