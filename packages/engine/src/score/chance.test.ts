import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import { chanceOfYes, deckScore, harmonic, logit, product, sigmoid } from "./chance.ts";
import { coldStart } from "./coldStart.ts";
import { drawTargetBias, explored, exposureFloor, luckOf, newcomerBoost } from "./explore.ts";
import { worthOfYes } from "./indiscriminate.ts";
import { seeded } from "../random.ts";

const chance = fc.double({ min: 0.001, max: 0.999, noNaN: true });

test("a chance and its logit are each other's inverse, and no logit overflows", () => {
  fc.assert(
    fc.property(chance, (p) => {
      expect(sigmoid(logit(p))).toBeCloseTo(p, 9);
    }),
  );
  expect([sigmoid(-1e6), sigmoid(1e6), sigmoid(0)]).toEqual([0, 1, 0.5]);
});

test("reciprocity does not depend on who looks, rises with either, and is 0 when one surely says no", () => {
  for (const both of [product, harmonic]) {
    fc.assert(
      fc.property(chance, chance, (one, other) => {
        expect(both(one, other)).toBe(both(other, one));
        expect(both(Math.min(1, one + 0.0005), other)).toBeGreaterThan(both(one, other));
      }),
    );
    expect(both(0, 1)).toBe(0);
    expect(both(0, 0)).toBe(0);
  }
});

test("a deck's score is the price times both chances", () => {
  const one = coldStart({ ageYears: 30, intent: "casual", interests: [] });
  const other = { ...coldStart({ ageYears: 39, intent: null, interests: [] }), price: 0.25, targetBias: 1 };
  expect(deckScore(one, other)).toBeCloseTo(0.25 * chanceOfYes(one, other) * chanceOfYes(other, one), 12);
});

test("draws of the well known stay at their mean; of the unknown they spread, but never beyond two deviations", () => {
  const random = seeded(9);
  const draws = (variance: number): number[] => Array.from({ length: 2000 }, () => drawTargetBias(1, variance, random, 1));
  const deviation = (list: readonly number[]): number => Math.sqrt(list.reduce((sum, value) => sum + (value - 1) ** 2, 0) / list.length);
  expect(deviation(draws(0))).toBe(0);
  expect(deviation(draws(1))).toBeGreaterThan(0.8);
  expect(Math.max(...draws(1))).toBeLessThanOrEqual(3);
});

test("newcomers who were not shown are lifted, those who were are not, and the first days end", () => {
  const { boostMax, perDay, days } = exposureFloor;
  expect(newcomerBoost(0.5, 0)).toBe(boostMax);
  expect(newcomerBoost(1, perDay * 5)).toBe(1);
  expect(newcomerBoost(days, 0)).toBe(1);
  expect(newcomerBoost(Number.NaN, 0)).toBe(1);
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.nat(1000),
      (age, shown) => newcomerBoost(age, shown) >= newcomerBoost(age, shown + 1),
    ),
  );
});

test("the luck of a day is the same whenever it is drawn, another on each day and for each person, and carries nobody out of the index", () => {
  const traits = coldStart({ ageYears: 30, intent: null, interests: [] });
  const drawn = (id: readonly number[], day: number, variance = 1): number => explored(traits, variance, luckOf(id, day)).targetBias;
  const ids = Array.from({ length: 40 }, (_, at) => [1, 2, 0x8000_0000, at]);
  const all = ids.flatMap((id) => Array.from({ length: 40 }, (_, day) => drawn(id, 46_000 + day)));
  expect(new Set(all).size).toBeGreaterThan(1400);
  expect(all).toEqual(ids.flatMap((id) => Array.from({ length: 40 }, (_, day) => drawn(id, 46_000 + day))));
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  expect(Math.abs(mean - traits.targetBias)).toBeLessThan(0.03);
  // Less is drawn of whoever is better known, by the same luck.
  const one = [1, 2, 3, 4];
  expect(drawn(one, 7, 0.25) - traits.targetBias).toBeCloseTo((drawn(one, 7) - traits.targetBias) / 2, 9);
  expect(drawn(one, 7, 0)).toBe(traits.targetBias);
  for (let day = 0; day < 20; day++)
    expect(Math.abs(explored({ ...traits, targetBias: 16 }, 9, luckOf(one, day)).targetBias)).toBeLessThanOrEqual(16);
});

test("the yes of a bot that likes everybody is worth little; of who chooses, and of a newcomer, all", () => {
  expect(worthOfYes(500, 500)).toBeLessThan(0.1);
  expect(worthOfYes(40, 100)).toBe(1);
  expect(worthOfYes(5, 5)).toBe(1);
  expect(worthOfYes(0, 0)).toBe(1);
});
