import { createHmac } from "node:crypto";
import type { UserId } from "@pendo/contract/ids";
import { EARTH_RADIUS_KM, type Place } from "./distance.ts";

/** How wide and high a cell is, in km, give or take what makes whole cells fit around a parallel. */
export const CELL_KM = 2.4;

// A place keeps its cell until it is further outside than a margin that only we know. Were the margin narrow or known, the moment of a change
// would tell that somebody stands on the border; so it is drawn for each person and cell from a range that is wide enough to hide in.
const MARGIN_MIN = 0.1;
const MARGIN_MAX = 0.8;

const DEGREE_KM = (EARTH_RADIUS_KM * Math.PI) / 180;
const ROW_DEGREES = CELL_KM / DEGREE_KM;

/** The cells that places are snapped to: rows of equal height, each cut into equal cells from a meridian of its own, all shifted by a secret. */
export interface Grid {
  /** The centre of the cell that holds the place. */
  centreOf(place: Place): Place;
  /** The cell in which to show somebody who is at `place` now and was shown in `current`: `current` itself while they are not far outside it. */
  snap(userId: UserId, place: Place, current: Place | null): Place;
}

interface Cell {
  readonly centre: Place;
  readonly heightDegrees: number;
  readonly widthDegrees: number;
}

/** The grid of a deployment. The same key makes the same cells, so that a place is not told again by being snapped twice. */
export function secretGrid(key: Uint8Array): Grid {
  const fraction = (text: string) => createHmac("sha256", key).update(text).digest().readUIntBE(0, 6) / 2 ** 48;
  const shiftDegrees = fraction("rows") * ROW_DEGREES;

  function cellOf({ lat, lon }: Place): Cell {
    const row = Math.floor((lat + shiftDegrees) / ROW_DEGREES);
    const south = Math.max(-90, row * ROW_DEGREES - shiftDegrees);
    const north = Math.min(90, (row + 1) * ROW_DEGREES - shiftDegrees);
    const centreLat = (south + north) / 2;
    // Meridians meet at the poles, so a row holds as many cells as fit around its middle, and whole ones across the date line.
    const count = Math.max(1, Math.round((360 / ROW_DEGREES) * Math.cos((centreLat * Math.PI) / 180)));
    const widthDegrees = 360 / count;
    const start = fraction(`row ${row}`) * widthDegrees;
    const column = Math.floor(wrapped(lon - start, 0) / widthDegrees);
    const centreLon = wrapped(start + (column + 0.5) * widthDegrees, -180);
    return { centre: { lat: centreLat, lon: centreLon }, heightDegrees: north - south, widthDegrees };
  }

  function margin(userId: UserId, { lat, lon }: Place, side: string): number {
    return MARGIN_MIN + (MARGIN_MAX - MARGIN_MIN) * fraction(`margin ${userId} ${lat.toFixed(6)} ${lon.toFixed(6)} ${side}`);
  }

  return {
    centreOf: (place) => cellOf(place).centre,
    snap(userId, place, current) {
      if (current === null) return cellOf(place).centre;
      const cell = cellOf(current);
      // In cells from the middle of the current one: 0.5 is its border.
      const north = (place.lat - cell.centre.lat) / cell.heightDegrees;
      const east = wrapped(place.lon - cell.centre.lon, -180) / cell.widthDegrees;
      const stays =
        Math.abs(north) <= 0.5 + margin(userId, cell.centre, north > 0 ? "north" : "south") &&
        Math.abs(east) <= 0.5 + margin(userId, cell.centre, east > 0 ? "east" : "west");
      return stays ? cell.centre : cellOf(place).centre;
    },
  };
}

/** The same angle, in [from, from + 360). */
function wrapped(degrees: number, from: number): number {
  const turned = (degrees - from) % 360;
  // Adding 360 to a tiny negative number may round to 360 itself.
  const positive = turned < 0 ? turned + 360 : turned;
  return (positive >= 360 ? 0 : positive) + from;
}
