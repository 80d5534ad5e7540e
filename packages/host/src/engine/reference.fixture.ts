import type { UserId } from "@pendo/contract/ids";
import { peopleOf } from "@pendo/core/discovery/population.sql";
import type { Db } from "@pendo/core/ports/db/db";
import { dayAt } from "@pendo/engine/eligibility/age";
import { eligible, type Tie } from "@pendo/engine/eligibility/eligible";
import { eligibleFor } from "@pendo/engine/index/search";
import { traitsOn, wordsOf } from "@pendo/engine/score/standing";
import type { Traits } from "@pendo/engine/index/population";
import type { EngineState } from "@pendo/engine/state/engineState";
import { personOf } from "@pendo/engine/state/engineState";

/** Who may be shown to whom by the engine's specification, computed pair by pair from rows of SQL. */
export async function referenceOf(db: Db, at: Date): Promise<Map<UserId, UserId[]>> {
  const everybody = await db<{ id: UserId }[]>`select id from users`;
  const rows = await peopleOf(
    db,
    everybody.map(({ id }) => id),
    at,
  );
  const people = rows.map(personOf);
  const ties = new Map<string, { blocked: boolean; swiped: Tie["swiped"] }>();
  const tie = (a: UserId, b: UserId) => {
    const key = `${a} ${b}`;
    const found = ties.get(key) ?? { blocked: false, swiped: null };
    ties.set(key, found);
    return found;
  };
  for (const { lo, hi, loAction, hiAction, loAt, hiAt } of await db<
    { lo: UserId; hi: UserId; loAction: string | null; hiAction: string | null; loAt: Date | null; hiAt: Date | null }[]
  >`select lo, hi, lo_action, hi_action, lo_at, hi_at from swipe_pairs`) {
    const swiped = (action: string | null, when: Date | null): Tie["swiped"] =>
      action === null ? null : action === "pass" ? { passedOn: dayAt(when?.getTime() ?? 0) } : "liked";
    tie(lo, hi).swiped = swiped(loAction, loAt);
    tie(hi, lo).swiped = swiped(hiAction, hiAt);
  }
  for (const { a, b } of await db<
    { a: UserId; b: UserId }[]
  >`select blocker_id as a, blocked_id as b from blocks join users on users.id = blocked_id`) {
    tie(a, b).blocked = true;
    tie(b, a).blocked = true;
  }
  const today = dayAt(at.getTime());
  return new Map(
    people.map((viewer) => [
      viewer.userId,
      people
        .filter((other) => eligible(viewer, other, { today, tie: ties.get(`${viewer.userId} ${other.userId}`) ?? null }))
        .map(({ userId }) => userId)
        .toSorted(),
    ]),
  );
}

/** The same, as the engine's memory has it. */
export function indexOf(state: EngineState, at: Date): Map<UserId, UserId[]> {
  const found = new Map<UserId, UserId[]>();
  for (let row = 0; row < state.index.rows.count; row++) {
    const userId = state.index.rows.userIdOf(row);
    if (state.index.has(userId)) found.set(userId, eligibleFor(state.index, { userId, today: dayAt(at.getTime()) }).toSorted());
  }
  return found;
}

/**
 * What was learned of everybody, as decks use it, bit by bit; but for prices against congestion. Those are made of decks that were handed out, of which no row
 * tells: in their place stands the price without them, and whether the index has both together.
 */
export function traitsIn(state: EngineState, at: Date): Map<UserId, Traits & { readonly isTold: boolean }> {
  const { index, beliefs, ledger, market } = state;
  const userIds = [...indexOf(state, at).keys()].toSorted();
  return new Map(
    userIds.map((userId) => {
      const row = index.rows.find(userId);
      const traits = index.traitsOf(userId);
      const own = traitsOn(wordsOf(userId), beliefs.at(row), ledger.standingOf(row), dayAt(at.getTime())).price;
      const isTold = Math.abs(traits.price / (own * market.priceOf(row)) - 1) < 1 / 1024;
      return [userId, { ...traits, price: own, isTold }];
    }),
  );
}

/** Prices against congestion that are not 1. */
export function crowdedIn(state: EngineState): number {
  return Array.from({ length: state.index.rows.count }, (_, row) => state.market.priceOf(row)).filter((price) => price !== 1).length;
}
