import { expect, test } from "vitest";
import { seeded } from "@pendo/engine/random";
import { attentions, twoSided, type TwoSided } from "../market/twoSided.ts";
import { skewed } from "../market/skewed.ts";
import { expectedMatches, fieldOf, type Field } from "./expected.ts";
import { allocate, exposureOf, mutualChance, rankBy } from "./frankWolfe.ts";

const market = (receivers: number, crowding = 0.5, seed = 3): TwoSided =>
  twoSided({ proposers: Math.round(1.5 * receivers), receivers, tastes: "random", crowding }, seeded(seed));
const byProduct = (field: Field): Float64Array =>
  exposureOf(
    field,
    rankBy(field.market, (proposer, receiver) => mutualChance(field.market, proposer, receiver)),
  );

/** The expectation by going through every set of yeses that a receiver may get. */
function enumerated({ market: { proposers, receivers, likes, welcomes }, attention, order }: Field, exposure: Float64Array): number {
  let total = 0;
  for (let receiver = 0; receiver < receivers; receiver++) {
    for (let set = 0; set < 2 ** proposers; set++) {
      let chance = 1;
      let value = 0;
      let count = 0;
      for (let place = 0; place < proposers; place++) {
        const proposer = order[receiver * proposers + place] ?? 0;
        const yes = Math.min(1, (likes[proposer * receivers + receiver] ?? 0) * (exposure[proposer * receivers + receiver] ?? 0));
        if ((set >> place) & 1) {
          chance *= yes;
          value += Math.min(1, (welcomes[receiver * proposers + proposer] ?? 0) * (attention[count++] ?? 0));
        } else chance *= 1 - yes;
      }
      total += chance * value;
    }
  }
  return total;
}

/** The mean rank taken for the rank, as the published method does. */
function byMeanRank({ market: { proposers, receivers, likes, welcomes }, order }: Field, exposure: Float64Array): number {
  let total = 0;
  for (let receiver = 0; receiver < receivers; receiver++) {
    let before = 0;
    for (let place = 0; place < proposers; place++) {
      const proposer = order[receiver * proposers + place] ?? 0;
      const yes = (likes[proposer * receivers + receiver] ?? 0) * (exposure[proposer * receivers + receiver] ?? 0);
      total += (yes * (welcomes[receiver * proposers + proposer] ?? 0)) / (1 + before);
      before += yes;
    }
  }
  return total;
}

test.each(["inverse", "exponential", "logarithm"] as const)("expected matches are exact, with attention %s", (name) => {
  const field = fieldOf(market(5), attentions[name]);
  expect(expectedMatches(field, byProduct(field))).toBeCloseTo(enumerated(field, byProduct(field)), 9);
});

test("taking the mean rank for the rank would be caught", () => {
  const field = fieldOf(market(5), attentions.inverse);
  expect(byMeanRank(field, byProduct(field))).not.toBeCloseTo(enumerated(field, byProduct(field)), 2);
});

test("the gradient is that of finite differences", () => {
  const field = fieldOf(market(8), attentions.inverse);
  const exposure = byProduct(field).map((value) => 0.1 + 0.7 * value);
  const gradient = new Float64Array(exposure.length);
  expectedMatches(field, exposure, { gradient });
  for (const at of [0, 7, 20, 41, 60, 95]) {
    const moved = (by: number): number =>
      expectedMatches(
        field,
        exposure.map((value, index) => (index === at ? value + by : value)),
      );
    expect(gradient[at]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 5);
  }
});

test("what receivers get adds up to all matches, and counting no further changes little", () => {
  const field = fieldOf(market(30), attentions.inverse);
  const received = new Float64Array(30);
  const value = expectedMatches(field, byProduct(field), { received });
  expect(received.reduce((sum, one) => sum + one, 0)).toBeCloseTo(value, 9);
  expect(Math.abs(expectedMatches(field, byProduct(field), { countMax: 12 }) / value - 1)).toBeLessThan(0.01);
});

test("allocation makes more matches than ranking by the product, the more the market is crowded", () => {
  const gain = (crowding: number): number => {
    const field = fieldOf(market(30, crowding), attentions.inverse);
    return allocate(field).value / expectedMatches(field, byProduct(field));
  };
  const [calm, crowded] = [gain(0), gain(1)];
  expect(calm).toBeGreaterThan(1.005);
  expect(crowded).toBeGreaterThan(1.12);
  expect(crowded).toBeGreaterThan(calm);
});

test("the lists that an allocation keeps, drawn with their weights, show everybody as the allocation says", () => {
  const field = fieldOf(market(12), attentions.inverse);
  const { exposure, value, lotteries } = allocate(field, { lotteries: true, twoStarts: false });
  expect(lotteries.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  const mean = new Float64Array(exposure.length);
  for (const { weight, lists } of lotteries)
    for (const [at, shown] of exposureOf(field, lists).entries()) mean[at] = (mean[at] ?? 0) + weight * shown;
  for (const [at, shown] of exposure.entries()) expect(mean[at]).toBeCloseTo(shown, 9);
  expect(expectedMatches(field, mean)).toBeCloseTo(value, 6);
});

test("every list holds everybody once", () => {
  const field = fieldOf(market(12), attentions.inverse);
  for (const { lists } of allocate(field, { lotteries: true }).lotteries) {
    for (let proposer = 0; proposer < 18; proposer++) expect(new Set(lists.subarray(proposer * 12, proposer * 12 + 12)).size).toBe(12);
  }
});

test("in a market in which few are wanted by nearly all, allocation gains over reciprocal ranking", () => {
  const field = fieldOf(skewed({ proposers: 200, receivers: 200 }, seeded(3)), attentions.inverse);
  expect(allocate(field, { countMax: 24, twoStarts: false, tolerance: 5e-3 }).value).toBeGreaterThan(
    1.03 * expectedMatches(field, byProduct(field)),
  );
});
