import { expect, test } from "vitest";
import { normalBelow } from "../learn/normal.ts";
import { evenings } from "./evening.ts";
import { gini, topShare } from "./inequality.ts";
import { byPopularity, learning, randomOrder } from "./policies.ts";
import { below, normal, seeded, shuffle } from "@pendo/engine/random";
import { simulate, type Week } from "./simulation.ts";
import { skewed } from "./skewed.ts";
import { twoSided } from "./twoSided.ts";
import { town } from "./world.ts";

test("the same seed gives the same numbers, another gives others, and they are even", () => {
  const draw = (seed: number): number[] => {
    const random = seeded(seed);
    return Array.from({ length: 5000 }, () => random());
  };
  expect(draw(3)).toEqual(draw(3));
  expect(draw(3)).not.toEqual(draw(4));
  for (const part of [0.1, 0.5, 0.9]) expect(draw(3).filter((value) => value < part).length / 5000).toBeCloseTo(part, 1);
  const random = seeded(1);
  const normals = Array.from({ length: 5000 }, () => normal(random));
  for (const x of [-1, 0, 1.5]) expect(normals.filter((value) => value < x).length / 5000).toBeCloseTo(normalBelow(x), 1);
  expect(shuffle([1, 2, 3, 4], seeded(2)).sort()).toEqual([1, 2, 3, 4]);
  expect(new Set(Array.from({ length: 200 }, () => below(random, 3)))).toEqual(new Set([0, 1, 2]));
});

test("inequality is 0 among equals, nearly 1 when one has all, and known in between", () => {
  expect(gini([2, 2, 2])).toBe(0);
  expect(gini([0, 0, 0, 1])).toBe(0.75);
  expect(gini([1, 3])).toBe(0.25);
  expect([gini([]), gini([0, 0]), topShare([0], 0.5)]).toEqual([0, 0, 0]);
  expect(topShare([1, 1, 1, 7], 0.25)).toBe(0.7);
});

test("the skewed market is as unequal as the site it is modelled on", () => {
  const { likes } = skewed({ proposers: 600, receivers: 600 }, seeded(3));
  const received = new Float64Array(600);
  for (const [at, chance] of likes.entries()) received[at % 600] = (received[at % 600] ?? 0) + chance;
  expect(gini(received)).toBeCloseTo(0.81, 1);
  expect(Math.abs(gini(received) - 0.81)).toBeLessThan(0.015);
  expect(Math.abs(topShare(received, 0.01) - 0.28)).toBeLessThan(0.02);
});

test("crowding makes all agree, and similar tastes are mutual", () => {
  const crowded = twoSided({ proposers: 20, receivers: 10, tastes: "random", crowding: 1 }, seeded(1));
  for (let proposer = 0; proposer < 20; proposer++) expect(crowded.likes[proposer * 10]).toBe(1);
  const alike = twoSided({ proposers: 30, receivers: 30, tastes: "similar", crowding: 0 }, seeded(1));
  const opposite = twoSided({ proposers: 30, receivers: 30, tastes: "reverse", crowding: 0 }, seeded(1));
  const together = ({ likes, welcomes }: typeof alike): number => {
    let sum = 0;
    for (let i = 0; i < 30; i++) for (let j = 0; j < 30; j++) sum += ((likes[i * 30 + j] ?? 0) - 0.5) * ((welcomes[j * 30 + i] ?? 0) - 0.5);
    return sum / 900;
  };
  expect(together(alike)).toBeGreaterThan(0.03);
  expect(together(opposite)).toBeLessThan(-0.03);
});

test("simulated evenings are like real ones: everybody meets everybody once, and 35 to 50 in a hundred say yes", () => {
  const { people, decisions } = evenings({ sizes: [12, 12, 12, 12], answers: 5 }, seeded(2));
  expect(people.length).toBe(96);
  expect(new Set(decisions.map(({ from, to }) => `${from} ${to}`)).size).toBe(4 * 12 * 12 * 2);
  const rate = decisions.filter(({ yes }) => yes).length / decisions.length;
  expect(rate).toBeGreaterThan(0.35);
  expect(rate).toBeLessThan(0.5);
  for (const { from, to } of decisions)
    expect(people[from]?.wave === people[to]?.wave && people[from]?.side !== people[to]?.side).toBe(true);
});

const small = { ...town, residents: 160, arrivals: 4 };
const mean = (weeks: readonly Week[], of: (week: Week) => number): number => weeks.reduce((sum, week) => sum + of(week), 0) / weeks.length;

test("in a simulated town the engine makes more matches than chance, popularity or one-way ranking", () => {
  const run = (make: Parameters<typeof simulate>[0]): number =>
    mean(simulate(make, { weeks: 3, seed: 2, world: small }), (week) => week.matchesPerActive);
  const engine = run((random) => learning("engine", random));
  for (const other of [randomOrder, byPopularity, (random: () => number) => learning("one-way", random)])
    expect(engine).toBeGreaterThan(1.1 * run(other));
});

test("bots that like everybody get less of the engine's decks than of reciprocal ranking's", () => {
  const world = { ...small, bots: 0.08 };
  const run = (ranking: "reciprocal" | "engine"): number =>
    mean(
      simulate((random) => learning(ranking, random), { weeks: 3, seed: 2, world }),
      (week) => week.botExposure,
    );
  expect(run("engine")).toBeLessThan(0.8 * run("reciprocal"));
});

test("a simulation is the same each time, and another with another seed", () => {
  const run = (seed: number): Week[] =>
    simulate((random) => learning("engine", random), { weeks: 1, seed, world: { ...small, residents: 60 } });
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
});
