import type { DistanceBand } from "@pendo/contract/profile";

export interface Coordinates {
  /** Degrees. */
  readonly lat: number;
  readonly lon: number;
}

/** The mean radius of the Earth (IUGG), in km: with it, haversine is off by 0.5 % at most. */
export const EARTH_RADIUS_KM = 6371.0088;

/** The length of the great circle between two snapped places, in km (haversine formula). */
export function distanceKm(a: Coordinates, b: Coordinates): number {
  const radians = Math.PI / 180;
  const halfLat = Math.sin(((b.lat - a.lat) * radians) / 2);
  const halfLon = Math.sin(((b.lon - a.lon) * radians) / 2);
  const chord = halfLat * halfLat + Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * halfLon * halfLon;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** The band that a distance falls into; a band includes its lower bound. */
export function bandOf(km: number): DistanceBand {
  if (km < 5) return "under5km";
  if (km < 10) return "5to10km";
  if (km < 25) return "10to25km";
  if (km < 50) return "25to50km";
  if (km < 100) return "50to100km";
  return "over100km";
}
