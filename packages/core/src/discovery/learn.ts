import type { UserId } from "@pendo/contract/ids";
import { ageOn, DAY_MS, dayAt, dayOf } from "@pendo/engine/eligibility/age";
import { newcomerOf, type Belief } from "@pendo/engine/learn/belief";
import { decodeLearned, encodeLearned } from "@pendo/engine/learn/beliefCode";
import { learn } from "@pendo/engine/learn/signal";
import { coldStart } from "@pendo/engine/score/coldStart";
import { worthOfYes } from "@pendo/engine/score/indiscriminate";
import type { Counts } from "@pendo/engine/score/standing";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { newsOf, type Deed, type Recount } from "./deeds.ts";
import * as sql from "./learn.sql.ts";

/** Who did something, and to whom. */
export type Pair = readonly [UserId, UserId];

/** Where to look for something to learn from: what whoever stands first did. */
export interface Told {
  /** Swiped, or took it back. */
  readonly swiped: readonly Pair[];
  /** Answered a message. */
  readonly replied: readonly Pair[];
}

/** So many passes that waited are learned from with a batch. */
const PASSES_MAX = 200;

type Known = ReadonlyMap<UserId, sql.LearnedAbout>;
/** What is believed of somebody, and counted. */
interface Held {
  readonly belief: Belief;
  readonly counts: { -readonly [Name in keyof Counts]: number };
}

/**
 * Learns from the answers that stand between these people and were not learned from, in the order of their times, as the engine does: from each once, from
 * the match where both like each other, and from the first message back. What it is told only says where to look; so facts may come twice, late and in
 * any order. What was taken back counts no more, and is not unlearned; answered anew, it is learned from anew. Answers how many things were learned from.
 *
 * A pass is learned from when its UTC day is over; until then it waits in a table of its own.
 *
 * One transaction with at most nine statements, whatever the number of facts. Locks are always taken in the same order: passes that waited, which
 * skip those of others, then pairs, then beliefs, each by id.
 */
export async function learnFrom({ db, clock }: Uses<"db">, told: Told): Promise<number> {
  if (told.swiped.length + told.replied.length === 0) return 0;
  return await db.begin(async (tx) => {
    const now = clock.now();
    const today = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
    const { replied } = told;
    // Every batch takes some of what waited, so that no schedule is needed.
    const swiped = [...told.swiped, ...(await sql.takePasses(tx, { dueBy: today, limit: PASSES_MAX }))];
    const pairs = twosOf([...swiped, ...replied]);
    const [answered, replies, people] = await Promise.all([
      sql.answersOf(tx, pairs),
      replied.length > 0 ? sql.repliesOf(tx, replied) : [],
      sql.learnedAbout(tx, [...new Set(pairs.flatMap(({ lo, hi }) => [lo, hi]))]),
    ]);
    const { deeds, recounts, marks, waiting } = newsOf(answered, replies, swiped, today);
    if (waiting.length > 0) await sql.keepPasses(tx, waiting, new Date(today.getTime() + DAY_MS));
    if (marks.length === 0) return 0;
    const known = new Map(people.map((person) => [person.userId, person]));
    const held = await holding(tx, [...deeds, ...recounts], known, now);
    for (const recount of recounts) count(held, recount);
    const learned = deeds.filter((deed) => take(held, deed));
    await Promise.all([sql.markLearned(tx, marks), held.size > 0 && sql.believe(tx, [...held].map(believed))]);
    return learned.length;
  });
}

function twosOf(pairs: readonly Pair[]): sql.Two[] {
  const twos = pairs.map(([a, b]) => (a < b ? { lo: a, hi: b } : { lo: b, hi: a }));
  return [...new Map(twos.map((two) => [two.lo + two.hi, two])).values()];
}

/** What is believed of these people, whom nobody else learns about meanwhile. Of whose profile lacks something nothing is. */
async function holding(
  tx: Tx,
  between: readonly { readonly from: UserId; readonly to: UserId }[],
  known: Known,
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

function count(held: ReadonlyMap<UserId, Held>, { from, to, was, is }: Recount): void {
  const [by, of] = [held.get(from)?.counts, held.get(to)?.counts];
  const more = Number(is !== null) - Number(was !== null);
  if (by) {
    by.swipes = Math.max(0, by.swipes + more);
    by.yeses = Math.max(0, by.yeses + Number(is === true) - Number(was === true));
  }
  if (of) of.shown = Math.max(0, of.shown + more);
}

/** Learns from one thing, and from the match if it made one; answers whether both are known, for else nothing is learned. */
function take(held: ReadonlyMap<UserId, Held>, { from, to, signal, at, isMutual }: Deed): boolean {
  const [one, other] = [held.get(from)?.belief, held.get(to)?.belief];
  if (!one || !other) return false;
  const day = at.getTime() / DAY_MS;
  learn(one, other, signal, day);
  if (isMutual) {
    learn(one, other, "matched", day);
    learn(other, one, "matched", day);
  }
  return true;
}

function believed([userId, { belief, counts }]: readonly [UserId, Held]): sql.Believed {
  const worth = worthOfYes(counts.yeses, counts.swipes);
  return { userId, actor: belief.actor, target: belief.target, learned: encodeLearned(belief), ...counts, worth };
}
