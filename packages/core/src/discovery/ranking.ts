import type { UserId } from "@pendo/contract/ids";
import { ageOn, dayAt, dayOf } from "@pendo/engine/eligibility/age";
import { pointOf, type Point } from "@pendo/engine/eligibility/sphere";
import type { Traits } from "@pendo/engine/index/population";
import type { DeckEntry } from "@pendo/engine/index/search";
import { newcomerOf } from "@pendo/engine/learn/belief";
import { decodeLearned } from "@pendo/engine/learn/beliefCode";
import { seeded } from "@pendo/engine/random";
import { deckScore } from "@pendo/engine/score/chance";
import { coldStart } from "@pendo/engine/score/coldStart";
import { traitsOn, wordsOf } from "@pendo/engine/score/standing";
import { weightBetween, weightOf } from "@pendo/engine/score/weights";
import type { Queryable } from "../ports/db/db.ts";
import { likely, type ScoredRow } from "./likely.sql.ts";
import type { Found, Missing } from "./retrieve.sql.ts";

/**
 * How many of those who fit are scored. In a city of 40,000, where 2,400 fit on average, 99.9 % of the 100 best were among so many, and 99.8 % among 400; each
 * hundred more takes about four percent of the time that a deck takes.
 */
const LOOKED_AT = 500;
/** The noise moves a score by no more than half of this up or down: about as much as rounding moves those of the engine. */
const NOISE = 0.01;

export interface Retrieval {
  readonly userId: UserId;
  readonly at: Date;
  readonly limit: number;
  /** Decides the noise: the same seed gives the same order. */
  readonly seed: number;
}

/**
 * Whom to meet next, best first: of everybody whom the viewer wants and who wants the viewer, exactly and both ways. The order is the engine's, by the same
 * functions: price × the chance that both say yes × what is between the two. Those who are as good as equal come in another order in each deck.
 */
export async function retrieve(sql: Queryable, wanted: Retrieval): Promise<Found> {
  const { missing, ranked } = await rank(sql, wanted);
  return { missing, userIds: ranked.map(({ userId }) => userId) };
}

/** The same with their scores, of which only those for one viewer can be compared. A viewer whose profile lacks something has nobody. */
export async function scored(sql: Queryable, wanted: Retrieval): Promise<readonly DeckEntry[]> {
  return (await rank(sql, wanted)).ranked;
}

async function rank(
  sql: Queryable,
  { userId, at, limit, seed }: Retrieval,
): Promise<{ readonly missing: readonly Missing[]; readonly ranked: readonly DeckEntry[] }> {
  const { missing, viewer, candidates } = await likely(sql, { userId, at, limit: Math.max(limit, LOOKED_AT), seed });
  if (viewer === undefined) return { missing, ranked: [] };
  const own = traitsAt(viewer, at);
  const here = pointOf(viewer);
  const ranked = candidates.map((row) => ({ userId: row.userId, score: score(own, here, row, at) * noise(row.userId, seed) }));
  return { missing, ranked: ranked.toSorted((a, b) => b.score - a.score || (a.userId < b.userId ? -1 : 1)).slice(0, limit) };
}

function score(own: Traits, here: Point, row: ScoredRow, at: Date): number {
  const answered = row.answer === null ? null : row.answer === "pass" ? { passedOn: dayAt(at.getTime()) } : "liked";
  return deckScore(own, traitsAt(row, at)) * weightBetween(answered, here, pointOf(row));
}

/** What the ranking knows of somebody: what the profile says, what was learned and counted, if anything was, and how long ago they came and were here. */
function traitsAt(row: ScoredRow, at: Date): Traits {
  const { userId, birthDate, intent, interests, createdAt, lastActiveAt, learned, yeses, swipes, shown } = row;
  const today = dayAt(at.getTime());
  const prior = coldStart({ ageYears: ageOn(today, dayOf(birthDate)), intent, interests });
  const belief = (learned && decodeLearned(learned, prior)) ?? newcomerOf(userId, prior, createdAt);
  const [cameOn, hereOn] = [dayAt(createdAt.getTime()), dayAt(lastActiveAt.getTime())];
  return traitsOn(wordsOf(userId), belief, { yeses, swipes, shown, weight: weightOf(row, at.getTime()), cameOn, hereOn }, today);
}

function noise(userId: UserId, seed: number): number {
  return 1 + NOISE * (seeded(Number.parseInt(userId.slice(-8), 16) ^ seed)() - 0.5);
}
