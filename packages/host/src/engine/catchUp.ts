import type { UserId } from "@pendo/contract/ids";
import { readChanges, type Position } from "@pendo/core/discovery/population.sql";
import type { AnswerRow } from "@pendo/engine/state/input";
import type { Db } from "@pendo/core/ports/db/db";
import { DAY_MS, dayAt } from "@pendo/engine/eligibility/age";
import { tidy } from "@pendo/engine/index/tidy";
import { ACTIVE_DAYS } from "@pendo/engine/score/standing";
import type { EngineState } from "@pendo/engine/state/engineState";
import { nothing, type Keys, type ActingPair } from "./pendingKeys.ts";

const PART = 1_000;

interface CatchUp {
  readonly db: Db;
  readonly state: EngineState;
  readonly now: () => Date;
  /** Reads what is named anew, behind everything that was asked for before. */
  readonly refresh: (keys: Keys) => Promise<void>;
  /** Does something else to the state, in turn with these. */
  readonly inTurn: (work: () => void) => Promise<void>;
}

/**
 * Takes over what changed since a position, and answers up to where it has read. It reads only what to look at; rows are then read anew, one part after
 * another, so facts may come in between. Without a position it takes over everything: for a state that is empty and that nobody else feeds meanwhile.
 */
export async function catchUp({ db, state, now, refresh, inTurn }: CatchUp, since: Position | null): Promise<Position> {
  return await readChanges(db, since, async (changes) => {
    if (since !== null) {
      if (!changes.isPartial) throw new Error("The database has another history than before.");
      const today = dayAt(now().getTime());
      const daysSince = today - state.pricedDay;
      const activeSince = daysSince > 0 ? new Date(now().getTime() - (ACTIVE_DAYS + daysSince) * DAY_MS) : null;
      for await (const rows of changes.touched(activeSince)) await refresh({ ...nothing, people: rows.map(({ userId }) => userId) });
      state.pricedDay = today;
      for await (const rows of changes.answers()) {
        const [messages, swipes] = [rows.filter(isMessage), rows.filter((row) => !isMessage(row))];
        await refresh({ ...nothing, pairs: swipes.map(pairOf), answered: messages.map(pairOf) });
      }
      const gone = await goneOf(state, changes.everybody());
      await inTurn(() => {
        state.forget(gone, now().getTime());
      });
    } else {
      state.pricedDay = dayAt(now().getTime());
      for await (const rows of changes.people(now())) state.putPeople([], rows, now().getTime());
      for await (const rows of changes.answers()) state.putTies(rows, now().getTime(), true);
    }
    const pairs = await blocksToRead(state, changes.blocks());
    for (let from = 0; from < pairs.length; from += PART) await refresh({ ...nothing, pairs: pairs.slice(from, from + PART) });
    await inTurn(() => {
      state.settle(now().getTime());
      // They came in the order of ids; searches are faster among neighbours.
      if (since === null) tidy(state.index);
    });
    return changes.position;
  });
}

const isMessage = ({ action }: AnswerRow): boolean => action === "answered";
const pairOf = ({ swiperId, targetId }: AnswerRow): ActingPair => [swiperId, targetId];

/** Whoever is known and in the database no more. */
async function goneOf(state: EngineState, everybody: AsyncIterable<readonly { userId: UserId }[]>): Promise<UserId[]> {
  const { rows } = state.index;
  const isThere = new Uint8Array(rows.count);
  for await (const part of everybody) {
    for (const { userId } of part) {
      const row = rows.find(userId);
      if (row >= 0) isThere[row] = 1;
    }
  }
  const gone: UserId[] = [];
  for (const [row, there] of isThere.entries()) if (there === 0 && state.knows(row)) gone.push(rows.userIdOf(row));
  return gone;
}

/** Pairs of which memory and database disagree whether there is a block. */
async function blocksToRead(
  state: EngineState,
  blocks: AsyncIterable<readonly { blockerId: UserId; blockedId: UserId }[]>,
): Promise<ActingPair[]> {
  const known = new Map([...state.blockPairs()].map((pair) => [pair.join(" "), pair]));
  const pairs: ActingPair[] = [];
  for await (const rows of blocks) {
    for (const { blockerId, blockedId } of rows) if (!known.delete(`${blockerId} ${blockedId}`)) pairs.push([blockerId, blockedId]);
  }
  return [...pairs, ...known.values()];
}
