import type { DeckEntry } from "@pendo/engine/index/search";
import { scored, type Retrieval } from "../discovery/ranking.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import * as sql from "./dailyPicks.sql.ts";
import { couples, type List } from "./market.ts";
import { mornings } from "./mornings.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How many people a morning brings. */
export const PICKS = 10;
/** Whoever was not here for so long is not picked for. */
const ACTIVE_DAYS = 7;
/** A little more than a day, so that yesterday's stay until today's are there. */
const LASTS_HOURS = 26;
/** The same two are not paired again for so long. */
const PAIR_PAUSE_DAYS = 14;
/** How many of those who fit are weighed for the pair. */
const LIST_MAX = 50;
/** In a large city a list takes long: a block is no larger than what is done by then, so that it is done. */
const BLOCK_MS = 30_000;
const AT_ONCE = 4;
/** No block begins later; the next run goes on where this one stopped. */
const RUN_MS = 120_000;

export interface PicksCount {
  readonly people: number;
  readonly pairs: number;
}

/** Who ranks whoever fits somebody. */
export interface Ranking {
  readonly ranked: (wanted: Retrieval) => Promise<readonly DeckEntry[]>;
  /** So many people, of one neighbourhood or more, are paired among each other. */
  readonly blockMax: number;
}

/** SQL's ranking, which is there wherever a database is. */
export function rankingBySql({ db }: Uses<"db">): Ranking {
  return { ranked: (wanted) => scored(db, wanted), blockMax: 400 };
}

/**
 * Makes the day's picks of everybody whose morning has come: the best of those who fit, and of each neighbourhood the pairs that get on best. A morning is
 * made once, however many run at once, and whole: what is not committed is due again.
 */
export async function makeDue(ports: Uses<"db" | "bus">, ranking: Ranking = rankingBySql(ports)): Promise<PicksCount> {
  const startedAt = ports.clock.now().getTime();
  let [people, pairs] = [0, 0];
  while (ports.clock.now().getTime() - startedAt < RUN_MS) {
    const block = await blockDue(ports, ranking);
    if (block.length === 0) break;
    const made = await ports.db.begin((tx) => makeBlock(ports, tx, block));
    people += made.people;
    pairs += made.pairs;
    // Another run makes the same: it goes on.
    if (made.people === 0) break;
  }
  return { people, pairs };
}

type Due = sql.Due & List;

/** The next who are due, with whom they may meet. */
async function blockDue({ db, clock, ids }: Uses<"db">, { ranked, blockMax }: Ranking): Promise<Due[]> {
  const at = clock.now();
  const since = daysBefore(at, ACTIVE_DAYS);
  const waiting = await sql.due(db, { since, mornings: mornings(await sql.timeZones(db, since), at), limit: blockMax });
  const seed = Math.floor(ids.chance() * 2 ** 31);
  const block: Due[] = [];
  const inTime = () => clock.now().getTime() - at.getTime() < BLOCK_MS;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let one = waiting.shift(); one; one = inTime() ? waiting.shift() : undefined) {
        const listed = await ranked({ userId: one.userId, at, limit: LIST_MAX, seed });
        block.push({ ...one, listed, isCut: listed.length === LIST_MAX });
      }
    }),
  );
  return block;
}

/** Keeps the picks and pairs of those of a block whom nobody else has made meanwhile, and tells them. */
async function makeBlock({ bus, clock }: Uses<"bus">, tx: Tx, block: readonly Due[]): Promise<PicksCount> {
  const at = clock.now();
  const claimed = await sql.claim(tx, block);
  const lists = block.filter(({ userId }) => claimed.has(userId)).toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
  const userIds = lists.map(({ userId }) => userId);
  const until = new Date(at.getTime() + LASTS_HOURS * HOUR_MS);
  const before = await sql.pairedSince(tx, userIds, daysBefore(at, PAIR_PAUSE_DAYS));
  const paired = couples(lists, (a, b) => before.has(a < b ? `${a} ${b}` : `${b} ${a}`));
  const picks = lists.flatMap(({ userId, listed }) => listed.slice(0, PICKS).map((one, place) => ({ userId, place, pickId: one.userId })));
  await sql.replacePicks(tx, { userIds, picks, until });
  await sql.replacePairs(tx, { userIds, couples: paired, at, until });
  const picked = lists.filter(({ listed }) => listed.length > 0);
  await bus.emitAll(
    tx,
    picked.map(({ userId }) => ({ name: "picks.made", data: { userId } })),
  );
  return { people: userIds.length, pairs: paired.length };
}

function daysBefore(at: Date, days: number): Date {
  return new Date(at.getTime() - days * DAY_MS);
}
