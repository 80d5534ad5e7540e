import { expect, test } from "vitest";
import { gini } from "../market/inequality.ts";
import { seeded } from "@pendo/engine/random";
import { attentions, twoSided, type TwoSided } from "../market/twoSided.ts";
import { expectedMatches, fieldOf, type Field } from "./expected.ts";
import { allocate, exposureOf, mutualChance, rankBy } from "./frankWolfe.ts";

const market = (seed = 3): TwoSided => twoSided({ proposers: 45, receivers: 30, tastes: "reverse", crowding: 0.5 }, seeded(seed));
const field = fieldOf(market(), attentions.inverse);

function receivedOf(of: Field, exposure: Float64Array): Float64Array {
  const received = new Float64Array(of.market.receivers);
  expectedMatches(of, exposure, { received });
  return received;
}

/** Whether the Gini coefficient falls with each weight and the matches do not rise, up to what the search stops short by. */
function evensOut(runs: readonly { matches: number; inequality: number }[]): boolean {
  return runs.every((run, at) => {
    const before = runs[at - 1];
    return before === undefined || (run.inequality < before.inequality && run.matches < before.matches * 1.001);
  });
}

function run(fairness: number): { matches: number; inequality: number } {
  const { exposure, value } = allocate(field, { fairness });
  return { matches: value, inequality: gini(receivedOf(field, exposure)) };
}

test("the more fairness counts, the more evenly receivers get matches, for a few of them", () => {
  const runs = [0, 0.5, 2].map(run);
  expect(evensOut(runs)).toBe(true);
  const [most, , fair] = runs;
  expect(fair?.inequality).toBeLessThan(0.8 * (most?.inequality ?? 0));
  expect(fair?.matches).toBeGreaterThan(0.985 * (most?.matches ?? 0));
});

test("a fairness that is not heeded would be caught", () => {
  expect(evensOut([0, 0, 0].map(run))).toBe(false);
});

test("without fairness the allocation is the one that counts matches alone", () => {
  expect([...allocate(field, { fairness: 0 }).exposure]).toEqual([...allocate(field).exposure]);
});

test("the value is the expected matches and not what fairness adds to them", () => {
  const { exposure, value } = allocate(field, { fairness: 2 });
  expect(value).toBeCloseTo(expectedMatches(field, exposure), 9);
  expect(value).toBeCloseTo(
    receivedOf(field, exposure).reduce((sum, got) => sum + got, 0),
    9,
  );
});

test("a fair allocation is worth more than every other by the sum of logarithms, and one that counts matches alone by the matches", () => {
  const logarithms = (exposure: Float64Array): number => receivedOf(field, exposure).reduce((sum, got) => sum + Math.log(got), 0);
  const product = exposureOf(
    field,
    rankBy(field.market, (proposer, receiver) => mutualChance(field.market, proposer, receiver)),
  );
  const [most, fair] = [allocate(field), allocate(field, { fairness: 4 })];
  expect(logarithms(fair.exposure)).toBeGreaterThan(logarithms(most.exposure));
  expect(logarithms(fair.exposure)).toBeGreaterThan(logarithms(product));
  expect(most.value).toBeGreaterThanOrEqual(fair.value);
});

test("somebody whom nobody likes leaves the others their matches", () => {
  const shunned = market();
  for (let proposer = 0; proposer < shunned.proposers; proposer++) shunned.likes[proposer * shunned.receivers] = 0;
  const among = fieldOf(shunned, attentions.inverse);
  const { exposure, value } = allocate(among, { fairness: 2 });
  expect(Number.isFinite(value)).toBe(true);
  expect(exposure.every(Number.isFinite)).toBe(true);
  expect(receivedOf(among, exposure)[0]).toBe(0);
  expect(value).toBeGreaterThan(0.97 * allocate(among).value);
});

test("with fairness, the lists that are kept still show everybody as the allocation says", () => {
  const { exposure, lotteries } = allocate(field, { fairness: 1, lotteries: true, twoStarts: false });
  const mean = new Float64Array(exposure.length);
  for (const { weight, lists } of lotteries)
    for (const [at, shown] of exposureOf(field, lists).entries()) mean[at] = (mean[at] ?? 0) + weight * shown;
  for (const [at, shown] of exposure.entries()) expect(mean[at]).toBeCloseTo(shown, 9);
});

test("a negative fairness is refused", () => {
  expect(() => allocate(field, { fairness: -1 })).toThrow(RangeError);
});
