import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserId } from "@pendo/contract/ids";
import { DAY_MS } from "@pendo/engine/eligibility/age";
import { expectedMatches, fieldOf } from "../allocate/expected.ts";
import { gini } from "./inequality.ts";
import { normal, seeded } from "@pendo/engine/random";
import { attentions, type TwoSided } from "./twoSided.ts";
import { chanceOfYes } from "@pendo/engine/score/chance";
import { afterAll, expect, test } from "vitest";
import type { EngineState } from "@pendo/engine/state/engineState";
import { type Listed, Market } from "@pendo/engine/state/market";
import { readSnapshot, writeSnapshot } from "@pendo/host/engine/snapshotFile";
import { idOf, NOON_MS, personRow, stateOf } from "@pendo/engine/state/stateTown.fixture";

const directory = mkdtempSync(join(tmpdir(), "pendo-market-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const PEOPLE = 300;
const kindOf = (at: number) => ({ gender: at % 2 ? "man" : "woman", genders: [at % 2 ? "woman" : "man"] }) as const;

/** A town in which women want men and men want women, and nearly all want the same few; all of it is well known. */
function crowdedTown(): { state: EngineState; town: TwoSided } {
  const { state } = stateOf(PEOPLE, kindOf);
  const random = seeded(3);
  for (let at = 0; at < PEOPLE; at++) {
    const row = state.index.rows.find(idOf(at));
    const target = 1.5 * normal(random);
    state.beliefs.store(row, { ...state.beliefs.at(row), target, actor: 0.5 * normal(random) - 0.4 * target, targetVariance: 0.001 });
  }
  state.putPeople(
    [],
    Array.from({ length: PEOPLE }, (_, at) => personRow(at, kindOf(at))),
    NOON_MS,
  );
  const traits = Array.from({ length: PEOPLE }, (_, at) => state.index.traitsOf(idOf(at)));
  const half = PEOPLE / 2;
  const [likes, welcomes] = [new Float64Array(half * half), new Float64Array(half * half)];
  for (let man = 0; man < half; man++) {
    for (let woman = 0; woman < half; woman++) {
      const [his, hers] = [traits[2 * man + 1], traits[2 * woman]];
      if (!his || !hers) continue;
      likes[man * half + woman] = chanceOfYes(his, hers);
      welcomes[woman * half + man] = chanceOfYes(hers, his);
    }
  }
  return { state, town: { proposers: half, receivers: half, likes, welcomes } };
}

const at = new Map(Array.from({ length: PEOPLE }, (_, place) => [idOf(place), place]));

/** Everybody's deck; how unequally people are among the first ten, and how many matches are expected of what men are shown. */
function decksOf(state: EngineState, town: TwoSided, seed: number): { decks: (UserId[] | null)[]; inequality: number; matches: number } {
  const decks = Array.from({ length: PEOPLE }, (_, viewer) =>
    state.deckOf(idOf(viewer), { nowMs: NOON_MS, size: 100, seed: seed + viewer }),
  );
  const shown = new Float64Array(PEOPLE);
  for (const deck of decks)
    for (const userId of deck?.slice(0, 10) ?? []) shown[at.get(userId) ?? 0] = (shown[at.get(userId) ?? 0] ?? 0) + 1;
  const exposure = new Float64Array(town.proposers * town.receivers);
  for (let man = 0; man < town.proposers; man++) {
    for (const [place, userId] of (decks[2 * man + 1] ?? []).entries())
      exposure[man * town.receivers + (at.get(userId) ?? 0) / 2] = attentions.inverse(place + 1);
  }
  return { decks, inequality: gini(shown), matches: expectedMatches(fieldOf(town, attentions.inverse), exposure) };
}

function reprice(state: EngineState, nowMs = NOON_MS): number {
  let steps = 0;
  for (const _ of state.repricing(() => nowMs)) steps++;
  return steps;
}

test("where everybody wants the same few, prices from the decks that were made share looks out, and more matches are expected", () => {
  const { state, town } = crowdedTown();
  const said: string[] = [];
  const found = Array.from({ length: 13 }, (_, round) => {
    const { inequality, matches } = decksOf(state, town, 1000 * round);
    said.push(`${inequality.toFixed(2)}/${matches.toFixed(0)}`);
    reprice(state);
    return { inequality, matches };
  });
  process.stdout.write(`congestion, inequality of looks / expected matches by round: ${said.join(" ")}\n`);
  const [before, after] = [found[0], found.at(-1)];
  if (!before || !after) throw new RangeError("no rounds");
  expect(before.inequality).toBeGreaterThan(0.85);
  expect(after.inequality).toBeLessThan(before.inequality - 0.15);
  expect(after.matches).toBeGreaterThan(before.matches * 1.15);
  // It does not turn to and fro: the last rounds are alike.
  for (const { matches } of found.slice(-4)) expect(Math.abs(matches / after.matches - 1)).toBeLessThan(0.05);
  expect(state.market.last).toMatchObject({ decks: PEOPLE });
  expect(state.market.last.leastPrice).toBeLessThan(0.5);
});

test("what it would catch: prices that are told to nobody, or turned round, make it no better", () => {
  for (const wrong of [() => 1, (price: number) => 1 / price]) {
    const { state, town } = crowdedTown();
    const before = decksOf(state, town, 1);
    const told = state.market.priceOf.bind(state.market);
    state.market.priceOf = (row) => wrong(told(row));
    for (let round = 0; round < 5; round++) {
      reprice(state);
      state.putPeople(
        [],
        Array.from({ length: PEOPLE }, (_, place) => personRow(place, kindOf(place))),
        NOON_MS,
      );
      decksOf(state, town, 1000 * round);
    }
    const after = decksOf(state, town, 9);
    expect(after.matches).toBeLessThan(before.matches * 1.05);
    expect(after.inequality).toBeGreaterThan(before.inequality - 0.05);
  }
});

test("the edges that are kept stand for the whole deck", () => {
  const random = seeded(5);
  // One whom all want, and a hundred of whom each is wanted by few; the decks are of all of them.
  const scoreOf = (row: number): number => (row === 0 ? 1 : 0.3 + 0.1 * random());
  const market = new Market();
  for (let viewer = 101; viewer < 601; viewer++) {
    const deck: Listed[] = Array.from({ length: 101 }, (_, row) => ({ row, score: scoreOf(row) })).toSorted((a, b) => b.score - a.score);
    market.leave(viewer, deck, { day: 46_000, luck: random() });
  }
  for (let round = 0; round < 8; round++) {
    market.leave(101, [{ row: 0, score: market.priceOf(0) }], { day: 46_000, luck: 0 });
    for (const _ of market.pricing(601, { today: 46_000, isHere: () => true }));
  }
  expect(market.last.decks).toBe(500);
  const others = Array.from({ length: 100 }, (_, row) => market.priceOf(row + 1));
  expect(market.priceOf(0)).toBeLessThan(Math.min(...others));
  // Were only the best of each deck kept, most of them would have a price of 1.
  expect(Math.max(...others)).toBeLessThan(0.999);
});

test("decks of the inactive are let go, and those of whoever left; without new decks nothing is done", () => {
  const { state, town } = crowdedTown();
  decksOf(state, town, 1);
  expect(reprice(state)).toBeGreaterThan(2);
  expect(reprice(state)).toBe(0);
  state.deckOf(idOf(0), { nowMs: NOON_MS + 8 * DAY_MS, size: 10, seed: 1 });
  reprice(state, NOON_MS + 8 * DAY_MS);
  expect(state.market.last.decks).toBe(1);
  state.deckOf(idOf(9), { nowMs: NOON_MS + 8 * DAY_MS, size: 10, seed: 1 });
  const crowded =
    [0, 1, 2, 3, 4, 5, 6, 7].map((place) => state.index.rows.find(idOf(place))).find((row) => state.market.priceOf(row) < 1) ?? -1;
  expect(crowded).toBeGreaterThanOrEqual(0);
  state.forget([idOf(0), state.index.rows.userIdOf(crowded)], NOON_MS);
  reprice(state, NOON_MS + 8 * DAY_MS);
  expect([state.market.last.decks, state.market.priceOf(crowded)]).toEqual([1, 1]);
});

test("a pair that is in both decks counts as much as one that is in one of them, whose other asked for none", () => {
  const priceAfter = (lists: readonly (readonly [number, number])[]): number => {
    const market = new Market();
    for (const [viewer, row] of lists) market.leave(viewer, [{ row, score: 0.2 }], { day: 46_000, luck: 0.5 });
    for (const _ of market.pricing(2, { today: 46_000, isHere: () => true }));
    return market.priceOf(0);
  };
  const both: readonly (readonly [number, number])[] = [
    [0, 1],
    [1, 0],
  ];
  // One pair of equals: each is alone with the chance of one half. The price goes three tenths of its way.
  expect(priceAfter(both)).toBeCloseTo(Math.sqrt(Math.SQRT1_2) ** 0.3, 2);
  expect(priceAfter(both.slice(1))).toBeCloseTo(priceAfter(both), 5);
});

test("after a restart decks and prices are the same, and so are the prices that are found next", async () => {
  const { state, town } = crowdedTown();
  for (let round = 0; round < 3; round++) {
    decksOf(state, town, round);
    reprice(state);
  }
  decksOf(state, town, 7);
  await (await writeSnapshot(directory, state, { database: "d", xid: "1" })).keep();
  const back = await readSnapshot(directory, { bytesMax: 2 ** 30, refused: () => {} });
  if (!back) throw new RangeError("no snapshot");
  expect(decksOf(back.state, town, 8).decks).toEqual(decksOf(state, town, 8).decks);
  for (const each of [state, back.state]) {
    reprice(each);
    // Rows that are read anew tell the same price.
    each.putPeople(
      [],
      Array.from({ length: PEOPLE }, (_, place) => personRow(place, kindOf(place))),
      NOON_MS,
    );
  }
  expect(decksOf(back.state, town, 9).decks).toEqual(decksOf(state, town, 9).decks);
});
