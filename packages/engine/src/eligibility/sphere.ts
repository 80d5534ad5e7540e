import type { SnappedPosition } from "../index/population.ts";

/** The Earth's radius by which PostgreSQL's earthdistance measures, in metres: both must agree on who is within reach. */
export const EARTH_METRES = 6_378_168;
/** Points are kept in units of the radius / (2^31 − 1), which is 3 mm: exact integers, the same on every machine. */
export const UNITS = 2 ** 31 - 1;
/** The widest radius that anybody can ask for. */
export const RADIUS_MAX_KM = 511;

/** A point on the sphere, in units. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The point of a place on the sphere, to 3 mm. */
export function pointOf({ lat, lon }: SnappedPosition): Point {
  const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  return {
    x: whole(UNITS * Math.cos(phi) * Math.cos(lambda)),
    y: whole(UNITS * Math.cos(phi) * Math.sin(lambda)),
    z: whole(UNITS * Math.sin(phi)),
  };
}

/** Rounded, and never −0: memory keeps integers, which have no such thing, and on the date line its direction would be another. */
function whole(value: number): number {
  return Math.round(value) + 0;
}

/** The place of a point, in degrees. */
export function placeOf({ x, y, z }: Point): SnappedPosition {
  return { lat: (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI, lon: (Math.atan2(y, x) * 180) / Math.PI };
}

/** The square of the straight line between two points. It grows with the great circle, and needs no trigonometry. */
export function chordSquared(a: Point, b: Point): number {
  const [dx, dy, dz] = [a.x - b.x, a.y - b.y, a.z - b.z];
  return dx * dx + dy * dy + dz * dz;
}

/** The square of the straight line between two points that are so many km apart on the great circle. */
export function chordSquaredOf(km: number): number {
  const chord = 2 * UNITS * Math.sin(Math.min((km * 1000) / (2 * EARTH_METRES), Math.PI / 2));
  return chord * chord;
}
