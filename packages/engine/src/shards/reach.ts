import { EARTH_METRES, pointOf, chordSquared, UNITS } from "../eligibility/sphere.ts";
import type { SnappedPosition } from "../index/population.ts";
import { CURVE_END, curveOf } from "./curve.ts";
import type { Range } from "./ranges.ts";

const KM_PER_RADIAN = EARTH_METRES / 1000;
/** Squares smaller than this part of the reach are not cut any further. */
const FINEST = 0.25;
const HALVINGS_MAX = 14;
const quarters = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/**
 * Which of these ranges may hold somebody within so many kilometres of a place: all that do, and perhaps one that only comes near. Each square of the curve is one
 * piece of it; squares within the reach are cut into four until they are small.
 */
export function rangesInReach(ranges: readonly Range[], place: SnappedPosition, radiusKm: number): number[] {
  const centre = pointOf(place);
  const found = new Set<number>();
  const look = (west: number, south: number, halvings: number): void => {
    const [width, height] = [360 / 2 ** halvings, 180 / 2 ** halvings];
    const middle = { lat: south + height / 2, lon: west + width / 2 };
    const farthestKm = radiusOf(south, width, height);
    const apartKm = 2 * Math.asin(Math.min(1, Math.sqrt(chordSquared(centre, pointOf(middle))) / (2 * UNITS))) * KM_PER_RADIAN;
    if (apartKm > radiusKm + farthestKm) return;
    if (halvings < HALVINGS_MAX && farthestKm > radiusKm * FINEST) {
      for (const [right, up] of quarters) look(west + (right * width) / 2, south + (up * height) / 2, halvings + 1);
      return;
    }
    const length = CURVE_END / 4 ** halvings;
    const from = Math.floor(curveOf(middle) / length) * length;
    for (const [at, range] of ranges.entries()) if (range.from < from + length && range.until > from) found.add(at);
  };
  look(-180, -90, 0);
  return [...found].toSorted((a, b) => a - b);
}

/** No point of a square is farther from its middle: half of it northwards, and then half of it along the parallel that is nearest the equator. */
function radiusOf(south: number, width: number, height: number): number {
  const nearest = south <= 0 && south + height >= 0 ? 0 : Math.min(Math.abs(south), Math.abs(south + height));
  return ((height / 2 + (width / 2) * Math.cos((nearest * Math.PI) / 180)) * Math.PI * KM_PER_RADIAN) / 180;
}
