import { sigmoid } from "../score/chance.ts";
import { PRIOR_DIMENSIONS } from "../score/coldStart.ts";
import type { Belief } from "./belief.ts";
import { forget } from "./decay.ts";

/** What somebody did that says whether they want somebody else. */
export type Signal = "like" | "superlike" | "pass" | "matched" | "answered";

/**
 * What each says, and how many plain likes or passes it weighs. Who matched had said yes already and only stays with it; who answers a message means it.
 */
const says: Readonly<Record<Signal, { readonly yes: boolean; readonly weight: number }>> = {
  like: { yes: true, weight: 1 },
  superlike: { yes: true, weight: 2 },
  pass: { yes: false, weight: 1 },
  matched: { yes: true, weight: 0.25 },
  answered: { yes: true, weight: 1 },
};

/**
 * Learns from one thing that `from` did about `to`, in O(dimensions): both beliefs are changed in place, no other is touched.
 *
 * The logit is the prior's plus both biases plus the product of the learned components, each of which is normal. One step of assumed-density filtering:
 * the yes is foretold by the logistic of the mean damped by the variance (MacKay 1992), and each mean moves by its covariance with the logit times the
 * error, each variance shrinks by its square times the curvature (as in Matchbox: Stern, Herbrich and Graepel, WWW 2009). So the yes of somebody who
 * says it to everybody moves nearly nothing, and the first swipes move the most. The bias that was not asked about moves with the covariance of both.
 */
export function learn(from: Belief, to: Belief, signal: Signal, day: number): void {
  forget(from, day);
  forget(to, day);
  const { yes, weight } = says[signal];
  const { mean, variance } = foretold(from, to);
  const damping = 1 / Math.sqrt(1 + (Math.PI * variance) / 8);
  const chance = sigmoid(damping * mean);
  const curvature = weight * damping * damping * chance * (1 - chance);
  // The whole step together may not overshoot the point where the yes would be certain, so it is damped by its own variance.
  const step = (weight * damping * ((yes ? 1 : 0) - chance)) / (1 + (weight > 1 ? (curvature * variance * (weight - 1)) / weight : 0));
  const shrink = curvature / (1 + curvature * variance);
  const { actorVariance, covariance } = from;
  from.actor += actorVariance * step;
  from.target += covariance * step;
  from.actorVariance -= actorVariance * actorVariance * shrink;
  from.targetVariance -= covariance * covariance * shrink;
  from.covariance -= actorVariance * covariance * shrink;
  const { targetVariance, covariance: other } = to;
  to.target += targetVariance * step;
  to.actor += other * step;
  to.targetVariance -= targetVariance * targetVariance * shrink;
  to.actorVariance -= other * other * shrink;
  to.covariance -= targetVariance * other * shrink;
  turn(from, to, step, shrink);
}

/** Learns from one answer of `from` to `to` and, where it makes a match, from the match of both. Days may have fractions. */
export function learnAnswer(
  from: Belief,
  to: Belief,
  { signal, makesMatch, day }: { readonly signal: Exclude<Signal, "matched">; readonly makesMatch: boolean; readonly day: number },
): void {
  learn(from, to, signal, day);
  if (!makesMatch) return;
  learn(from, to, "matched", day);
  learn(to, from, "matched", day);
}

/** The logit of a yes: its mean, and how unsure it is. */
export function foretold(from: Belief, to: Belief): { mean: number; variance: number } {
  let mean = from.prior.actorBias + to.prior.targetBias + from.actor + to.target;
  for (let at = 0; at < PRIOR_DIMENSIONS; at++) mean += (from.prior.likes[at] as number) * (to.prior.is[at] as number);
  let likesLength = 0;
  let isLength = 0;
  for (let at = 0; at < from.likes.length; at++) {
    const like = from.likes[at] as number;
    const is = to.is[at] as number;
    mean += like * is;
    likesLength += like * like;
    isLength += is * is;
  }
  const factors = likesLength * to.isVariance + isLength * from.likesVariance + from.likes.length * from.likesVariance * to.isVariance;
  return { mean, variance: from.actorVariance + to.targetVariance + factors };
}

/** Moves the learned components of both, each by its own variance along the other's vector. */
function turn(from: Belief, to: Belief, step: number, shrink: number): void {
  const { likes, likesVariance } = from;
  const { is, isVariance } = to;
  let likesLength = 0;
  let isLength = 0;
  for (let at = 0; at < likes.length; at++) {
    const like = likes[at] as number;
    const other = is[at] as number;
    likesLength += like * like;
    isLength += other * other;
    likes[at] = like + likesVariance * step * other;
    is[at] = other + isVariance * step * like;
  }
  // One variance stands for all components, so it loses the mean of what they lose; it stays above 0.
  from.likesVariance = likesVariance / (1 + (likesVariance * shrink * isLength) / likes.length);
  to.isVariance = isVariance / (1 + (isVariance * shrink * likesLength) / is.length);
}
