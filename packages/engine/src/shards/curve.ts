import type { SnappedPosition } from "../index/population.ts";

/** Bits of each coordinate: squares of about 300 by 600 metres at the equator. */
const ORDER = 16;
/** One more than the last place on the curve. */
export const CURVE_END = 4 ** ORDER;

/**
 * Where on Hilbert's curve a place lies: whoever is near on the curve is near on Earth, so a range of it is a region (Hilbert 1891; the walk from the
 * largest quadrant to the smallest, turning the axes as the curve does).
 */
export function curveOf({ lat, lon }: SnappedPosition): number {
  const side = 2 ** ORDER;
  let x = Math.min(side - 1, Math.floor(((lon + 180) / 360) * side));
  let y = Math.min(side - 1, Math.floor(((lat + 90) / 180) * side));
  let along = 0;
  for (let half = side / 2; half >= 1; half /= 2) {
    const right = (x & half) > 0 ? 1 : 0;
    const up = (y & half) > 0 ? 1 : 0;
    along += half * half * ((3 * right) ^ up);
    if (up === 0) {
      if (right === 1) [x, y] = [side - 1 - x, side - 1 - y];
      [x, y] = [y, x];
    }
  }
  return along;
}
