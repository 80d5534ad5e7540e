import { normal, seeded, type Random } from "../random.ts";
import type { Traits } from "../index/population.ts";

/**
 * How liked somebody might turn out to be: a draw from what is believed of the target bias, instead of its mean (Thompson 1933). Whoever is little known is
 * drawn high now and then and gets a look; of whoever is well known the draw is nearly the mean. The draw is cut at two standard deviations, so that luck
 * alone puts nobody on top of everybody, and taken at `BOLDNESS` of its size: decks are tops of lists, where the luckiest of many draws gather, and in the
 * simulated town a full draw gave newcomers six times their share and cost a fifth of the matches.
 */
export function drawTargetBias(mean: number, variance: number, random: Random, boldness: number = BOLDNESS): number {
  const drawn = Math.max(-2, Math.min(2, normal(random)));
  return mean + boldness * drawn * Math.sqrt(Math.max(0, variance));
}

const BOLDNESS = 0.3;

export interface ExposureFloor {
  /** How often a newcomer is to be shown on each of the first days. */
  readonly perDay: number;
  /** For so many days. */
  readonly days: number;
  /** The most that a newcomer's score is multiplied by. */
  readonly boostMax: number;
}

export const exposureFloor: ExposureFloor = { perDay: 3, days: 7, boostMax: 1.15 };

/**
 * What the score of somebody is multiplied by so that newcomers are seen: 1 when as often shown as is due, up to `boostMax` when not shown at all, and 1
 * for everybody after the first days.
 */
export function newcomerBoost(ageDays: number, shown: number, { perDay, days, boostMax }: ExposureFloor = exposureFloor): number {
  if (!(ageDays >= 0) || ageDays >= days) return 1;
  const due = perDay * Math.max(ageDays, 1 / 24);
  return Math.min(boostMax, Math.max(1, boostMax - ((boostMax - 1) * shown) / due));
}

/** The traits that the decks of a day are made with: the mean ones, but for a drawn target bias, which stays within what the index can hold. */
export function explored(traits: Traits, variance: number, random: Random): Traits {
  return { ...traits, targetBias: Math.min(16, Math.max(-16, drawTargetBias(traits.targetBias, variance, random))) };
}

/**
 * The source of what is drawn for somebody on a day: always the same, so that a service that starts again, or looks at somebody twice, draws the same. It is
 * told the four words of the id. The belief moves what is drawn; the luck of the day stays.
 */
export function luckOf(id: ArrayLike<number>, day: number): Random {
  let mixed = day;
  for (let at = 0; at < 4; at++) {
    mixed = Math.imul(mixed ^ (id[at] ?? 0), 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  return seeded(mixed);
}
