import type { UserId } from "@pendo/contract/ids";
import { ageOn, DAY_MS, dayAt, dayOf } from "@pendo/engine/eligibility/age";
import { newcomerOf, type Belief } from "@pendo/engine/learn/belief";
import { decodeLearned, encodeLearned } from "@pendo/engine/learn/beliefCode";
import { learnAnswer } from "@pendo/engine/learn/signal";
import { coldStart } from "@pendo/engine/score/coldStart";
import { worthOfYes } from "@pendo/engine/score/indiscriminate";
import type { Counts } from "@pendo/engine/score/standing";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import * as sql from "./learn.sql.ts";
import { type UnlearnedSignal, type CountChange, unlearnedIn } from "./unlearned.ts";

/** The user who acted, and the other one. */
export type ActingPair = readonly [UserId, UserId];

/** Pairs to re-read; the first user is the one who acted. */
export interface PairsToRead {
  /** Pairs in which the first user swiped, or took a swipe back. */
  readonly swiped: readonly ActingPair[];
  /** Pairs in which the first user answered a message. */
  readonly replied: readonly ActingPair[];
}

/** How many passes that waited are learned from with a batch. */
const PASSES_MAX = 200;

type LearnedByUser = ReadonlyMap<UserId, sql.LearnedAbout>;
/** The belief about a user, and the user's counts. */
interface Held {
  readonly belief: Belief;
  readonly counts: { -readonly [Name in keyof Counts]: number };
}

/**
 * Learns from the swipes and replies of these pairs that were not learned from, in the order of their times, as the engine does: from each once, and
 * from the match that two likes make. It reads the database, so events may come twice, late and in any order. A swipe that was taken back is no
 * longer counted, but stays learned. A pass waits in a table of its own until its UTC day is over.
 *
 * One transaction with at most nine statements, whatever the number of events. It locks passes that waited, except those that another transaction
 * holds; then pairs; then beliefs; each by id.
 * @returns from how many swipes and replies it learned
 */
export async function learnFrom({ db, clock }: Uses<"db">, toRead: PairsToRead): Promise<number> {
  if (toRead.swiped.length + toRead.replied.length === 0) return 0;
  return await db.begin(async (tx) => {
    const now = clock.now();
    const today = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
    const { replied } = toRead;
    // Every batch takes some passes that waited, so that no schedule is needed.
    const swiped = [...toRead.swiped, ...(await sql.takePasses(tx, { dueBy: today, limit: PASSES_MAX }))];
    const pairs = twosOf([...swiped, ...replied]);
    const [rows, replies, people] = await Promise.all([
      sql.lockPairs(tx, pairs),
      replied.length > 0 ? sql.repliesOf(tx, replied) : [],
      sql.learnedAbout(tx, [...new Set(pairs.flatMap(({ lo, hi }) => [lo, hi]))]),
    ]);
    const { answers, countChanges, marks, waitingPasses } = unlearnedIn(rows, replies, swiped, today);
    if (waitingPasses.length > 0) await sql.keepPasses(tx, waitingPasses, new Date(today.getTime() + DAY_MS));
    if (marks.length === 0) return 0;
    const known = new Map(people.map((person) => [person.userId, person]));
    const held = await lockBeliefs(tx, [...answers, ...countChanges], known, now);
    for (const change of countChanges) applyCount(held, change);
    const learned = answers.filter((answer) => learnOne(held, answer));
    await Promise.all([sql.markLearned(tx, marks), held.size > 0 && sql.believe(tx, [...held].map(believed))]);
    return learned.length;
  });
}

function twosOf(pairs: readonly ActingPair[]): sql.Two[] {
  const twos = pairs.map(([a, b]) => (a < b ? { lo: a, hi: b } : { lo: b, hi: a }));
  return [...new Map(twos.map((two) => [two.lo + two.hi, two])).values()];
}

/** The beliefs about these users, locked until the transaction ends. Users whose profile is incomplete are left out. */
async function lockBeliefs(
  tx: Tx,
  between: readonly { readonly from: UserId; readonly to: UserId }[],
  known: LearnedByUser,
  now: Date,
): Promise<Map<UserId, Held>> {
  const userIds = [...new Set(between.flatMap(({ from, to }) => [from, to]))].filter((userId) => known.has(userId));
  if (userIds.length === 0) return new Map();
  const [, rows] = await Promise.all([sql.hold(tx, userIds), sql.heldOf(tx, userIds)]);
  return new Map(
    rows.map(({ userId, learned, ...counts }) => {
      const { birthDate, intent, interests, createdAt } = known.get(userId) as sql.LearnedAbout;
      const prior = coldStart({ ageYears: ageOn(dayAt(now.getTime()), dayOf(birthDate)), intent, interests });
      return [userId, { belief: decodeLearned(learned, prior) ?? newcomerOf(userId, prior, createdAt), counts: { ...counts } }];
    }),
  );
}

function applyCount(held: ReadonlyMap<UserId, Held>, { from, to, counted, now }: CountChange): void {
  const [swiper, target] = [held.get(from)?.counts, held.get(to)?.counts];
  const swipes = Number(now !== null) - Number(counted !== null);
  if (swiper) {
    swiper.swipes = Math.max(0, swiper.swipes + swipes);
    swiper.yeses = Math.max(0, swiper.yeses + Number(now === true) - Number(counted === true));
  }
  if (target) target.shown = Math.max(0, target.shown + swipes);
}

/** Learns from one answer. False, and nothing is learned, where one of the two has no belief. */
function learnOne(held: ReadonlyMap<UserId, Held>, { from, to, signal, at, makesMatch }: UnlearnedSignal): boolean {
  const [one, other] = [held.get(from)?.belief, held.get(to)?.belief];
  if (!one || !other) return false;
  learnAnswer(one, other, { signal, makesMatch, day: at.getTime() / DAY_MS });
  return true;
}

function believed([userId, { belief, counts }]: readonly [UserId, Held]): sql.Believed {
  const worth = worthOfYes(counts.yeses, counts.swipes);
  return { userId, actor: belief.actor, target: belief.target, learned: encodeLearned(belief), ...counts, worth };
}
