import type { Traits } from "../index/population.ts";

/** The logistic function, without overflow at either end. */
export function sigmoid(logit: number): number {
  if (logit >= 0) return 1 / (1 + Math.exp(-logit));
  const small = Math.exp(logit);
  return small / (1 + small);
}

/** The inverse of the logistic function; a chance of 0 or 1 is taken as nearly so. */
export function logit(chance: number): number {
  const clipped = Math.min(1 - 1e-9, Math.max(1e-9, chance));
  return Math.log(clipped / (1 - clipped));
}

/** How a person sees another, before it is a chance: `likes · is + bias + bias`. */
export function inclination(from: Traits, to: Traits): number {
  let sum = from.actorBias + to.targetBias;
  for (let at = 0; at < from.likes.length; at++) sum += (from.likes[at] as number) * (to.is[at] as number);
  return sum;
}

/** The chance that one says yes to the other. */
export function chanceOfYes(from: Traits, to: Traits): number {
  return sigmoid(inclination(from, to));
}

/** What a deck is ordered by: the price of the candidate × the chance that both say yes, were they independent of each other. */
export function deckScore(viewer: Traits, candidate: Traits): number {
  return candidate.price * product(chanceOfYes(viewer, candidate), chanceOfYes(candidate, viewer));
}

/** The chance that both say yes, when calibrated chances are independent. */
export function product(one: number, other: number): number {
  return one * other;
}

/**
 * The harmonic mean of both directions (Pizzato et al., "RECON", RecSys 2010): nearer to the smaller of the two than the product is, and thus kinder to
 * estimates that are too sure of themselves.
 */
export function harmonic(one: number, other: number): number {
  return one + other > 0 ? (2 * one * other) / (one + other) : 0;
}
