import { DIMENSIONS, type Traits } from "../index/population.ts";
import type { Intent } from "@pendo/contract/profile";
import type { Answers, Rankable } from "./answers.ts";
import { topicOfInterest, topics } from "./topics.ts";

/** How much each feature of a pair moves the logit of a yes. They can be fitted to what people did (`fitLogistic` in learn/logistic.ts). */
export interface PriorWeights {
  /** A yes between two strangers of whom nothing else is known. */
  readonly base: number;
  readonly sameIntent: number;
  /** Times the cosine of what the interests of both are about: 0 to 1. */
  readonly sharedTopics: number;
  /** Times the square of the years between them, in decades; below 0. */
  readonly ageGap: number;
}

/**
 * A modest prior. In the speed-dating data the answers that people gave beforehand foretell very little (see "Matching quality" in docs/benchmarks.md), so it
 * moves the chances by little, and swipes soon outweigh it.
 */
export const priorWeights: PriorWeights = { base: -0.3, sameIntent: 0.3, sharedTopics: 0.5, ageGap: -0.25 };

const intents: readonly Intent[] = ["relationship", "casual", "friendship", "unsure"];
const AGE_AT = intents.length;
const TOPICS_AT = AGE_AT + 1;

/** The first components of both vectors are the prior's; what is learned has the rest. */
export const PRIOR_DIMENSIONS = TOPICS_AT + topics.length;
export const LEARNED_DIMENSIONS = DIMENSIONS - PRIOR_DIMENSIONS;

/** Around which age differences are taken, so that the components stay small. */
const MIDDLE_YEARS = 35;

/** The logistic prior of a pair, feature by feature: what `coldStart` says in vectors. */
export function pairFeatures(from: Rankable<Answers>, to: Rankable<Answers>): { sameIntent: number; sharedTopics: number; ageGap: number } {
  const one = topicShares(from.interests);
  const other = topicShares(to.interests);
  return {
    sameIntent: from.intent !== null && from.intent === to.intent ? 1 : 0,
    sharedTopics: one.reduce((sum, share, at) => sum + share * (other[at] as number), 0),
    ageGap: ((from.ageYears - to.ageYears) / 10) ** 2,
  };
}

/**
 * The traits of somebody of whom only the answers are known. The logit of a yes between two such people is
 *
 *     base + sameIntent · [the same intent] + sharedTopics · cos(topics, topics) + ageGap · (years / 10)²
 *
 * since each of these is a product of something of one and something of the other: a square of a difference is −2ab and two biases. It reads the answers by
 * name, so whatever else an object holds has no way in.
 */
export function coldStart({ ageYears, intent, interests }: Rankable<Answers>, weights: PriorWeights = priorWeights): Traits {
  const likes = new Float32Array(DIMENSIONS);
  const is = new Float32Array(DIMENSIONS);
  const kind = intent === null ? -1 : intents.indexOf(intent);
  if (kind >= 0) {
    likes[kind] = weights.sameIntent;
    is[kind] = 1;
  }
  const age = (ageYears - MIDDLE_YEARS) / 10;
  likes[AGE_AT] = -2 * weights.ageGap * age;
  is[AGE_AT] = age;
  for (const [at, share] of topicShares(interests).entries()) {
    likes[TOPICS_AT + at] = weights.sharedTopics * share;
    is[TOPICS_AT + at] = share;
  }
  const own = weights.ageGap * age * age + weights.base / 2;
  return { likes, is, actorBias: own, targetBias: own, price: 1 };
}

/** How often each topic comes up, as a vector of length 1; all 0 where no interest is known. */
function topicShares(interests: readonly string[]): number[] {
  const counts = topics.map(() => 0);
  for (const interest of interests) {
    const topic = topicOfInterest(interest);
    if (topic !== null) counts[topics.indexOf(topic)] = (counts[topics.indexOf(topic)] as number) + 1;
  }
  const length = Math.hypot(...counts);
  return length > 0 ? counts.map((count) => count / length) : counts;
}
