import type { PersonRow } from "@pendo/core/discovery/population.sql";
import { chordSquared, chordSquaredOf, type Point } from "@pendo/engine/eligibility/sphere";
import type { Tie } from "@pendo/engine/eligibility/eligible";

const DAY_MS = 86_400_000;

/**
 * What the chance that both say yes is multiplied by, whoever looks: as in the product's ranking from SQL, newcomers of a week are lifted, whoever has
 * long not been here sinks, and a boost counts double.
 */
export function weightOf({ createdAt, lastActiveAt, boosted }: PersonRow, nowMs: number): number {
  const fresh = nowMs - createdAt.getTime() < 7 * DAY_MS ? 1.3 : 1;
  // Whole days, so that reading a row anew within the day changes nothing.
  const awayDays = Math.max(0, Math.floor((nowMs - lastActiveAt.getTime()) / DAY_MS));
  return fresh * (0.4 + 0.6 * Math.exp(-awayDays / 14)) * (boosted ? 2 : 1);
}

/** The same for one pair: a like that waits depends on one yes only, a pass makes a match unlikely, and far away is harder to meet. */
export function weightBetween(answered: Tie["swiped"], here: Point, there: Point): number {
  // At no distance that people search is the chord much shorter than the way.
  const km = Math.sqrt(chordSquared(here, there) / chordSquaredOf(1));
  return (answered === null ? 1 : answered === "liked" ? 3 : 0.3) / (1 + km / 20);
}
