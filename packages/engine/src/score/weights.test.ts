import { expect, test } from "vitest";
import { pointOf } from "../eligibility/sphere.ts";
import { weightBetween, weightOf, type Presence } from "./weights.ts";

const NOW_MS = Date.UTC(2026, 5, 1);
const daysAgo = (days: number): Date => new Date(NOW_MS - days * 86_400_000);
const person = (about: Partial<Presence> = {}): Presence => ({
  createdAt: daysAgo(100),
  lastActiveAt: daysAgo(0),
  boosted: false,
  ...about,
});

test("newcomers are lifted, whoever is long away sinks to four tenths, and a boost counts double", () => {
  expect(weightOf(person(), NOW_MS)).toBe(1);
  expect(weightOf(person({ createdAt: daysAgo(3) }), NOW_MS)).toBeCloseTo(1.3);
  expect(weightOf(person({ lastActiveAt: daysAgo(14) }), NOW_MS)).toBeCloseTo(0.4 + 0.6 / Math.E);
  expect(weightOf(person({ lastActiveAt: daysAgo(500) }), NOW_MS)).toBeCloseTo(0.4);
  expect(weightOf(person({ boosted: true }), NOW_MS)).toBe(2);
});

test("a like that waits counts three times, a pass nothing, twenty kilometres half", () => {
  const [here, there] = [pointOf({ lat: 52.5, lon: 13.4 }), pointOf({ lat: 52.5 + 20 / 111.32, lon: 13.4 })];
  expect([weightBetween(null, here, here), weightBetween("liked", here, here), weightBetween({ passedOn: 1 }, here, here)]).toEqual([
    1, 3, 1,
  ]);
  expect(weightBetween(null, here, there)).toBeCloseTo(0.5, 2);
});
