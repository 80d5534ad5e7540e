import type { UserId } from "@pendo/contract/ids";
import { DAY_MS } from "../eligibility/age.ts";
import { DIMENSIONS, type Traits } from "../index/population.ts";
import { LEARNED_DIMENSIONS, PRIOR_DIMENSIONS } from "../score/coldStart.ts";
import { normal, seeded, type Random } from "../random.ts";

/** How much people are taken to differ before anything is known of them, in logits squared. */
export interface Spread {
  /** In how readily they say yes. */
  readonly actor: number;
  /** In how readily others say yes to them. */
  readonly target: number;
  /** Of both together; below 0, for those whom many want are choosier. */
  readonly both: number;
  /** Of each learned component of what they like and of what they are. */
  readonly factor: number;
}

/**
 * From the speed-dating data, where a hierarchical model of all nights found variances of 0.6 to 0.85 and 0.45 to 0.66 and a covariance of −0.1 to −0.2 on
 * the probit scale; times 1.6², which makes logits of them.
 */
export const spread: Spread = { actor: 1.9, target: 1.5, both: -0.4, factor: 0.06 };

/** What is believed of a person: the traits of the answers, and how what the person and others did departs from them. */
export interface Belief {
  /** From the answers; replaced when they change, and what was learned stays. */
  prior: Traits;
  actor: number;
  target: number;
  actorVariance: number;
  targetVariance: number;
  covariance: number;
  /** The learned components of `likes` and `is`, each with one variance for all of them. */
  readonly likes: Float32Array;
  readonly is: Float32Array;
  likesVariance: number;
  isVariance: number;
  /** The day of the last change, as a number that may have a fraction. */
  day: number;
}

/** A newcomer. The learned components begin at small random numbers, for two vectors of zeros could never learn from each other. */
export function newcomer(prior: Traits, day: number, random: Random, from: Spread = spread): Belief {
  const small = (): number => 0.5 * Math.sqrt(from.factor) * normal(random);
  return {
    prior,
    actor: 0,
    target: 0,
    actorVariance: from.actor,
    targetVariance: from.target,
    covariance: from.both,
    likes: new Float32Array(LEARNED_DIMENSIONS).map(small),
    is: new Float32Array(LEARNED_DIMENSIONS).map(small),
    likesVariance: from.factor,
    isVariance: from.factor,
    day,
  };
}

/** The newcomer whom everybody begins with who learns about this person, wherever that is: the random numbers are those of the id's last 32 bits. */
export function newcomerOf(userId: UserId, prior: Traits, createdAt: Date): Belief {
  return newcomer(prior, createdAt.getTime() / DAY_MS, seeded(Number.parseInt(userId.slice(-8), 16)));
}

/** What the index and the decks work with. The price is kept apart from learning. */
export function traitsOf({ prior, actor, target, likes, is }: Belief, price = 1): Traits {
  const told = { likes: new Float32Array(DIMENSIONS), is: new Float32Array(DIMENSIONS) };
  told.likes.set(prior.likes.subarray(0, PRIOR_DIMENSIONS));
  told.is.set(prior.is.subarray(0, PRIOR_DIMENSIONS));
  told.likes.set(likes, PRIOR_DIMENSIONS);
  told.is.set(is, PRIOR_DIMENSIONS);
  return { ...told, actorBias: bounded(prior.actorBias + actor), targetBias: bounded(prior.targetBias + target), price };
}

/** Within what the index can hold. */
function bounded(bias: number): number {
  return Math.min(16, Math.max(-16, bias));
}
