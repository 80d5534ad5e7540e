import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import { newcomer, type Belief } from "../learn/belief.ts";
import { seeded } from "../random.ts";
import { coldStart } from "../score/coldStart.ts";
import { expect, test } from "vitest";
import { Beliefs } from "./beliefs.ts";
import { type Heard, Learning } from "./learning.ts";

const PEOPLE = 30;
const START_MS = Date.UTC(2026, 5, 1);

/** A town in which answers stand as soon as they are heard. */
function town(): { beliefs: Beliefs; learning: Learning; hear: (heard: Heard) => void; standing: Map<string, SwipeAction> } {
  const beliefs = new Beliefs();
  const prior = coldStart({ ageYears: 30, intent: null, interests: [] });
  for (let row = 0; row < PEOPLE; row++) beliefs.store(row, newcomer(prior, 20_000, seeded(row)));
  const standing = new Map<string, SwipeAction>();
  const likes = (row: number, target: number): boolean => (standing.get(`${row} ${target}`) ?? "pass") !== "pass";
  // The order of ids is not that of rows.
  const learning = new Learning(beliefs, { userIdOf: (row) => String((row * 17) % PEOPLE).padStart(2, "0") as UserId, likes });
  const hear = (heard: Heard): void => {
    const { row, target, action } = heard;
    if (action !== "answered") standing.set(`${row} ${target}`, action);
    learning.hear(heard, action !== "answered" && action !== "pass" && likes(target, row));
    if (learning.isDue) learning.settle(Infinity);
  };
  return { beliefs, learning, hear, standing };
}

/** Each pair answers once in each direction, some of them in the same millisecond; after some of these a message is answered. */
function answersOf(seed: number, everyMs: number): Heard[] {
  const random = seeded(seed);
  const pairs = Array.from({ length: PEOPLE * PEOPLE }, (_, at): [number, number] => [Math.floor(at / PEOPLE), at % PEOPLE]);
  return shuffled(
    pairs.filter(([row, target]) => row !== target),
    random,
  ).flatMap(([row, target], at) => {
    const action = random() < 0.1 ? "superlike" : random() < 0.5 ? "like" : "pass";
    const heard: Heard = { row, target, action, atMs: START_MS + Math.floor(at / 2) * everyMs };
    return random() < 0.2 ? [heard, { ...heard, action: "answered" }] : [heard];
  });
}

function shuffled<T>(of: readonly T[], random: () => number): T[] {
  return of
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** In another order, none later by more than so much. */
function late(answers: readonly Heard[], byMs: number, random: () => number): Heard[] {
  return answers
    .map((heard) => ({ heard, comesMs: heard.atMs + random() * byMs }))
    .toSorted((a, b) => a.comesMs - b.comesMs)
    .map(({ heard }) => heard);
}

const all = (beliefs: Beliefs): Belief[] => Array.from({ length: PEOPLE }, (_, row) => beliefs.at(row));

function read(answers: readonly Heard[]): Belief[] {
  const { beliefs, learning, hear } = town();
  for (const heard of answers) hear(heard);
  learning.settle(Infinity);
  return all(beliefs);
}

test.each([1, 40, 2_000])("answers that come late, %i ms after each other, are learned as if they had come in order", (everyMs) => {
  for (let seed = 0; seed < 5; seed++) {
    const answers = answersOf(seed, everyMs);
    const sorted = read(answers);
    const { beliefs, learning, hear } = town();
    const random = seeded(seed + 100);
    for (const heard of late(answers, 9_000, random)) {
      hear(heard);
      if (random() < 0.01) learning.settle(Infinity);
    }
    // What it catches: in the order in which they came, something else is learned.
    expect(all(beliefs)).not.toEqual(sorted);
    learning.settle(Infinity);
    expect(all(beliefs)).toEqual(sorted);
    expect(learning.learned).toBe(answers.length);
  }
});

test("another that goes on where one was, learns the same", () => {
  const answers = answersOf(7, 30);
  const random = seeded(8);
  let { beliefs, learning, hear, standing } = town();
  for (const heard of late(answers, 9_000, random)) {
    hear(heard);
    if (random() > 0.02) continue;
    const next = town();
    next.beliefs.numbers = beliefs.numbers.slice();
    next.beliefs.priors = beliefs.priors.slice();
    for (const [key, action] of standing) next.standing.set(key, action);
    next.learning.restore(learning.learned, learning.waiting);
    ({ beliefs, learning, hear, standing } = next);
  }
  learning.settle(Infinity);
  expect(all(beliefs)).toEqual(read(answers));
});

test("an answer that was soon taken back leaves nothing behind, and neither does somebody who was deleted", () => {
  const answers = [...answersOf(3, 1), { row: 4, target: 5, action: "answered", atMs: START_MS + 900 } as const];
  // That a message was answered is not taken back with the swipe.
  const isTakenBack = ({ row, target, action }: Heard): boolean => row === 4 && target === 5 && action !== "answered";
  const kept = answers.filter((heard) => !isTakenBack(heard) && heard.row !== 9 && heard.target !== 9);
  const { beliefs, learning, hear, standing } = town();
  for (const heard of answers) hear(heard);
  standing.delete("4 5");
  learning.unhear(4, 5);
  learning.forget(9);
  learning.settle(Infinity);
  const without = read(kept);
  const others = (of: Belief[]): Belief[] => of.filter((_, row) => row !== 9);
  expect(others(all(beliefs))).toEqual(others(without));
  expect(learning.learned).toBe(kept.length);
});

test("of a flood only the last answers wait, and what was learned stays", () => {
  const { learning, hear } = town();
  const flood = Array.from({ length: 20 }, (_, round) => answersOf(round, 0)).flat();
  for (const heard of flood) hear(heard);
  expect(learning.waiting.heard.length).toBeLessThan(12_000);
  expect(learning.learned).toBe(flood.length);
});
