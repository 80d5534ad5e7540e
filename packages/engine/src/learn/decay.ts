import { spread, type Belief, type Spread } from "./belief.ts";

/** In so many days half of what was learned is forgotten, and half of the doubt comes back. */
export const HALF_LIFE_DAYS = 120;

/**
 * Carries a belief to a later day: means go back to the prior's and variances to what they are of a stranger, exponentially (an Ornstein–Uhlenbeck
 * process, of which the spread is the stationary state). It is done when somebody is next touched, so nobody has to be visited every day; two short
 * steps are the same as one long one. A day before the last one changes nothing: facts may come late.
 */
export function forget(belief: Belief, day: number, from: Spread = spread): void {
  const days = day - belief.day;
  if (!(days > 0)) return;
  const kept = 2 ** (-days / HALF_LIFE_DAYS);
  const lost = 1 - kept * kept;
  belief.actor *= kept;
  belief.target *= kept;
  belief.actorVariance += (from.actor - belief.actorVariance) * lost;
  belief.targetVariance += (from.target - belief.targetVariance) * lost;
  belief.covariance += (from.both - belief.covariance) * lost;
  // The learned components shrink towards a quarter of themselves and not to nothing, from where they could not learn.
  const shrunk = 0.25 + 0.75 * kept;
  for (let at = 0; at < belief.likes.length; at++) {
    belief.likes[at] = (belief.likes[at] as number) * shrunk;
    belief.is[at] = (belief.is[at] as number) * shrunk;
  }
  belief.likesVariance += (from.factor - belief.likesVariance) * lost;
  belief.isVariance += (from.factor - belief.isVariance) * lost;
  belief.day = day;
}
