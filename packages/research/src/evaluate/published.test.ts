import { expect, test } from "vitest";
import { configurations, reaches, runPublished } from "./published.ts";

const small = configurations.find(({ receivers }) => receivers === 20);

test("a published configuration is run with and without fairness, and fairness shares out more evenly", () => {
  if (!small) throw new Error("no such configuration");
  const { most, fair, reciprocal } = runPublished(small, { seeds: 3, fairness: 2 });
  expect(fair.receiverGini).toBeLessThan(most.receiverGini);
  expect(fair.matches).toBeLessThanOrEqual(most.matches * 1.001);
  expect(fair.matches).toBeGreaterThan(reciprocal);
});

test("fewer matches than published do not reach the aim, and neither does an uneven share where half of the tastes are shared", () => {
  if (!small) throw new Error("no such configuration");
  const enough = { matches: 23.3, standardError: 0.1, receiverGini: 0.1, cpuSec: 1 };
  expect(reaches(small, enough)).toBe(true);
  expect(reaches(small, { ...enough, matches: 23.1 })).toBe(false);
  expect(reaches(small, { ...enough, receiverGini: 0.13 })).toBe(false);
  expect(reaches({ ...small, crowding: 0.75 }, { ...enough, receiverGini: 0.13 })).toBe(true);
});
