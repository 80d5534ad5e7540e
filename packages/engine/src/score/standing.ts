import type { UserId } from "@pendo/contract/ids";
import type { Traits } from "../index/population.ts";
import { traitsOf, type Belief } from "../learn/belief.ts";
import { explored, luckOf, newcomerBoost } from "./explore.ts";
import { worthOfYes } from "./indiscriminate.ts";

/** Of whoever was not here for so long, time changes nothing more: neither their weight, nor what is drawn for the day. */
export const ACTIVE_DAYS = 70;
/** The index takes no price of 0. */
const PRICE_MIN = 1e-6;

/** What stands of somebody's answers, and of answers to them. */
export interface Counts {
  /** How many yeses they said, of how many swipes. */
  readonly yeses: number;
  readonly swipes: number;
  /** How often they were answered, which is how often they were looked at. */
  readonly shown: number;
}

/** What the price of a person is made of. */
export interface PriceFactors extends Counts {
  /** What time and boosts give: `weightOf`. */
  readonly weight: number;
  /** On which days the person came and was here last, as `dayAt` counts. */
  readonly cameOn: number;
  readonly hereOn: number;
}

/**
 * What the chance that both say yes is multiplied by, whoever looks. Whoever says yes to everybody is not shown first, and their yes is no reason to be;
 * newcomers are lifted as long as fewer have looked at them than is due by the middle of the day.
 */
function priceOf({ weight, cameOn, yeses, swipes, shown }: PriceFactors, today: number): number {
  return Math.max(PRICE_MIN, weight * worthOfYes(yeses, swipes) * newcomerBoost(today - cameOn + 0.5, shown));
}

/** What decks go by on a day: what is believed of somebody, with the luck of the day, at their price. Whoever ranks, ranks by this. */
export function traitsOn(id: ArrayLike<number>, belief: Belief, standing: PriceFactors, today: number): Traits {
  // A day less than are looked at anew, for that goes by the hour.
  const luck = luckOf(id, Math.min(today, standing.hereOn + ACTIVE_DAYS - 1));
  return explored(traitsOf(belief, priceOf(standing, today)), belief.targetVariance, luck);
}

/** The four words of an id, where no index has them. */
export function wordsOf(userId: UserId): readonly number[] {
  const digits = userId.replaceAll("-", "");
  return [0, 8, 16, 24].map((from) => Number.parseInt(digits.slice(from, from + 8), 16));
}
