import type { TwoSided } from "./twoSided.ts";
import { normalQuantile } from "../learn/normal.ts";
import { normal, shuffle, type Random } from "@pendo/engine/random";

export interface SkewedOptions {
  readonly proposers: number;
  readonly receivers: number;
  /** How far tastes differ from what all agree on: the standard deviation of the logarithm. */
  readonly taste?: number;
}

/** Of the logarithm of appeal, and the quantile at which it is cut. Together they give the inequality that is measured on Libimseti.cz. */
const SPREAD = 1.93;
const CUT = 3.1;

/**
 * How much everybody is liked, as unequally as on the dating site Libimseti.cz (Brozovsky and Petricek 2007, as in the KONECT collection): a Gini coefficient of
 * about .81, and 28 % for the top hundredth. A logarithmic normal, cut so that the very top stays below certainty. The quantiles are taken evenly and only
 * their order is random, so that a small market is as unequal as a large one.
 */
export function appeals(count: number, random: Random): Float64Array {
  const ranks = shuffle(
    Array.from({ length: count }, (_, rank) => rank),
    random,
  );
  return Float64Array.from(ranks, (rank) => Math.exp(SPREAD * (Math.min(CUT, normalQuantile((rank + 0.5) / count)) - CUT)));
}

/** A market in which few are wanted by nearly all, on both sides: the chance of a yes is the other's appeal, with a taste of one's own on top. */
export function skewed({ proposers, receivers, taste = 0.5 }: SkewedOptions, random: Random): TwoSided {
  const proposing = appeals(proposers, random);
  const receiving = appeals(receivers, random);
  const chance = (appeal: number): number => Math.min(0.95, 0.95 * appeal * Math.exp(taste * normal(random)));
  const likes = new Float64Array(proposers * receivers);
  const welcomes = new Float64Array(proposers * receivers);
  for (let proposer = 0; proposer < proposers; proposer++) {
    for (let receiver = 0; receiver < receivers; receiver++) {
      likes[proposer * receivers + receiver] = chance(receiving[receiver] as number);
      welcomes[receiver * proposers + proposer] = chance(proposing[proposer] as number);
    }
  }
  return { proposers, receivers, likes, welcomes };
}
