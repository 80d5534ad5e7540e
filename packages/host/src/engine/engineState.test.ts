import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAY_MS } from "@pendo/engine/eligibility/age";
import { spread } from "@pendo/engine/learn/belief";
import { worthOfYes } from "@pendo/engine/score/indiscriminate";
import { afterAll, expect, test } from "vitest";
import { readSnapshot, writeSnapshot } from "./snapshotFile.ts";
import { answer, idOf, NOON_MS, personRow, stateOf } from "@pendo/engine/state/stateTown.fixture";

const directory = mkdtempSync(join(tmpdir(), "pendo-state-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const YESTERDAY_MS = NOON_MS - DAY_MS;
const priceOf = ({ state }: ReturnType<typeof stateOf>, at: number): number => state.index.traitsOf(idOf(at)).price;
const others = (count: number): number[] => Array.from({ length: count - 1 }, (_, at) => at + 1);

test("whoever likes everybody costs what their yes is worth; whoever chooses costs nothing, and what is taken back is not counted", () => {
  const town = stateOf(101);
  for (const to of others(101))
    town.state.putTies([answer(0, to, "like"), answer(1, to === 1 ? 0 : to, to % 3 === 0 ? "superlike" : "pass", YESTERDAY_MS)], NOON_MS);
  expect(town.state.ledger.countsOf(0)).toMatchObject({ yeses: 100, swipes: 100 });
  expect(priceOf(town, 0)).toBeCloseTo(worthOfYes(100, 100), 6);
  expect(priceOf(town, 0)).toBeLessThan(0.3);
  expect([priceOf(town, 1), priceOf(town, 2)]).toEqual([1, 1]);
  expect(town.state.ledger.countsOf(2).shown).toBe(2);
  const { yeses, swipes } = town.state.ledger.countsOf(1);
  town.state.putTies([answer(1, 2, null)], NOON_MS);
  expect(town.state.ledger.countsOf(1)).toMatchObject({ yeses, swipes: swipes - 1 });
  expect(town.state.ledger.countsOf(2).shown).toBe(1);
  // Facts come again, and what is liked more is still one yes.
  for (const to of others(101)) town.state.putTies([answer(0, to, to === 2 ? "superlike" : "like")], NOON_MS);
  expect(town.state.ledger.countsOf(0)).toMatchObject({ yeses: 100, swipes: 100 });
  for (const to of others(101).slice(30)) town.state.putTies([answer(0, to, to % 2 ? "pass" : null, YESTERDAY_MS)], NOON_MS);
  expect(town.state.ledger.countsOf(0)).toMatchObject({ yeses: 30, swipes: 65 });
  expect([priceOf(town, 0), town.state.ledger.countsOf(100).shown]).toEqual([1, 1]);
});

test("a like of who likes everybody brings them forward less than one of who chooses", () => {
  const town = stateOf(101);
  for (const to of others(101)) town.state.putTies([answer(0, to, "like")], NOON_MS);
  town.state.putTies([answer(1, 2, "like")], NOON_MS);
  const deck = town.state.deckOf(idOf(2), { nowMs: NOON_MS, size: 100, seed: 1 }) ?? [];
  expect(deck[0]).toBe(idOf(1));
  expect(deck.indexOf(idOf(0))).toBeGreaterThan(50);
});

test("newcomers are lifted until as many looked at them as is due, and the lift sinks with each look", () => {
  const town = stateOf(40, (at) => (at === 0 ? { createdAt: new Date(NOON_MS - 2 * DAY_MS) } : {}));
  const prices: number[] = [];
  for (const from of others(40)) {
    prices.push(priceOf(town, 0));
    town.state.putTies([answer(from, 0, "pass", YESTERDAY_MS)], NOON_MS);
  }
  expect(prices[0]).toBeCloseTo(1.3 * 1.15, 5);
  // Three are due a day, at the middle of the third of them seven and a half.
  expect(prices[4]).toBeCloseTo(1.3 * (1.15 - (0.15 * 4) / 7.5), 5);
  expect(prices.slice(8)).toEqual(prices.slice(8).map(() => Math.fround(1.3)));
  expect(prices.slice(0, 9)).toEqual(prices.slice(0, 9).toSorted((a, b) => b - a));
});

test("how liked somebody may be is drawn for the day: the same all day and after a restart, another the next day, and moved by what is learned", async () => {
  const town = stateOf(30, (at) => (at === 29 ? { lastActiveAt: new Date(NOON_MS - 90 * DAY_MS) } : {}));
  const biasOf = (at: number): number => town.state.index.traitsOf(idOf(at)).targetBias;
  const all = (): number[] => Array.from({ length: 30 }, (_, at) => biasOf(at));
  const put = (nowMs: number): void =>
    town.state.putPeople(
      [],
      all().map((_, at) => personRow(at, at === 29 ? { lastActiveAt: new Date(NOON_MS - 90 * DAY_MS) } : {})),
      nowMs,
    );
  const [mean, first] = [town.state.beliefs.at(0).prior.targetBias, all()];
  expect(new Set(first).size).toBeGreaterThan(20);
  for (const bias of first) expect(Math.abs(bias - mean)).toBeLessThan(0.3 * 2 * Math.sqrt(spread.target) + 0.01);
  put(NOON_MS + DAY_MS / 3);
  expect(all()).toEqual(first);
  // Who is liked is shown with a higher one, of less variance; the luck is the same.
  const luck = first[1] === undefined ? 0 : (first[1] - mean) / Math.sqrt(spread.target);
  for (let from = 2; from < 22; from++) town.state.putTies([answer(from, 1, "like")], NOON_MS);
  const { target, targetVariance } = town.state.beliefs.at(1);
  expect(targetVariance).toBeLessThan(spread.target);
  expect(biasOf(1)).toBeCloseTo(mean + target + luck * Math.sqrt(targetVariance), 2);
  await (await writeSnapshot(directory, town.state, { database: "d", xid: "1" })).keep();
  const back = await readSnapshot(directory, { bytesMax: 2 ** 30, refused: () => {} });
  back?.state.putPeople([], [personRow(1)], NOON_MS);
  expect(back?.state.index.traitsOf(idOf(1))).toEqual(town.state.index.traitsOf(idOf(1)));
  put(NOON_MS + DAY_MS);
  const changed = all().filter((bias, at) => bias !== first[at]).length;
  expect(changed).toBeGreaterThan(25);
  // Of whoever is long gone nothing changes, for nobody looks at them each day.
  expect(biasOf(29)).toBe(first[29]);
});

test("a pass that is over is not learned from once more when its row is read again", () => {
  const { state } = stateOf(3);
  const longAgo = NOON_MS - 40 * DAY_MS;
  state.putTies([answer(0, 1, "pass", longAgo)], NOON_MS, true);
  expect(state.learning.learned).toBe(1);
  state.putTies([answer(0, 1, "pass", longAgo), answer(0, 2, "like")], NOON_MS);
  expect([state.learning.learned, state.ledger.countsOf(0).swipes]).toEqual([2, 2]);
});

test("what was counted is in the snapshot and in the memory that is told, and goes with whoever was deleted", async () => {
  const town = stateOf(60);
  for (const to of others(60)) town.state.putTies([answer(0, to, "like"), answer(to, 0, "like"), answer(0, to, "answered")], NOON_MS);
  await (await writeSnapshot(directory, town.state, { database: "d", xid: "1" })).keep();
  const back = await readSnapshot(directory, { bytesMax: 2 ** 30, refused: () => {} });
  expect(back?.state.ledger.countsOf(0)).toEqual({ yeses: 59, swipes: 59, shown: 59 });
  expect([back?.state.ledger.numbers, back?.state.answered.size]).toEqual([town.state.ledger.numbers, 59]);
  expect(town.state.bytes).toBeGreaterThan(
    town.state.index.bytes.people + town.state.index.bytes.ties + town.state.beliefs.bytes + 60 * 20,
  );
  town.state.forget([idOf(0), idOf(1)], NOON_MS);
  expect([town.state.ledger.countsOf(0), town.state.answered.size]).toEqual([{ yeses: 0, swipes: 0, shown: 0 }, 0]);
});
