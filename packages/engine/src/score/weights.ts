import { DAY_MS } from "../eligibility/age.ts";
import { chordSquared, chordSquaredOf, type Point } from "../eligibility/sphere.ts";
import type { Tie } from "../eligibility/eligible.ts";

/** What the chance that both say yes is multiplied by, in one place for whoever ranks. */
export const weights = {
  /** Newcomers are lifted for so many days. */
  freshDays: 7,
  fresh: 1.3,
  /** Who was not here sinks, by the factor e in so many days, to no less than this. */
  awayDays: 14,
  awayLeast: 0.4,
  boosted: 2,
  /** A like that waits depends on one yes only. A pass has no weight: the order of a deck would tell its viewer who passed. */
  liked: 3,
  /** At so many km the weight is half. */
  halfKm: 20,
} as const;

/** When somebody came, when they were here last, and whether a boost of theirs runs. */
export interface Presence {
  readonly createdAt: Date;
  readonly lastActiveAt: Date;
  readonly boosted: boolean;
}

/** What somebody's chances are multiplied by, whoever looks: newcomers of a week are lifted, whoever has long not been here sinks, and a boost counts double. */
export function weightOf({ createdAt, lastActiveAt, boosted }: Presence, nowMs: number): number {
  const { freshDays, fresh, awayDays, awayLeast } = weights;
  const lift = nowMs - createdAt.getTime() < freshDays * DAY_MS ? fresh : 1;
  // Whole days, so that weighing anew within the day changes nothing.
  const daysAgo = Math.max(0, Math.floor((nowMs - lastActiveAt.getTime()) / DAY_MS));
  return lift * (awayLeast + (1 - awayLeast) * Math.exp(-daysAgo / awayDays)) * (boosted ? weights.boosted : 1);
}

/** The same for one pair: whether the one likes the viewer, and how far away they are. */
export function weightBetween(answered: Tie["swiped"], here: Point, there: Point): number {
  // At no distance that people search is the chord much shorter than the way.
  const km = Math.sqrt(chordSquared(here, there) / chordSquaredOf(1));
  return (answered === "liked" ? weights.liked : 1) / (1 + km / weights.halfKm);
}
