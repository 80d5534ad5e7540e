import type { UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { couples, type List } from "./market.ts";

const never = () => false;
const id = (name: string | number) => String(name) as UserId;

/** Lists by what each wants of the others, which have room unless said otherwise. */
function lists(wants: Readonly<Record<string, Readonly<Record<string, number>>>>, isCut = false): List[] {
  return Object.entries(wants).map(([name, others]) => ({
    userId: id(name),
    isCut,
    listed: Object.entries(others)
      .map(([other, score]) => ({ userId: id(other), score }))
      .toSorted((a, b) => b.score - a.score),
  }));
}
const paired = (all: List[], apart: (a: UserId, b: UserId) => boolean = never) =>
  couples(all, apart)
    .map((couple) => couple.toSorted().join(" "))
    .toSorted();

/** Numbers that look random and are the same in every run (a linear congruential generator, its upper bits). */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

describe("two sides", () => {
  test.each([1, 2, 3, 4, 5])("nobody would rather have each other than whom they got (%d)", (seed) => {
    const next = random(seed);
    const [women, men] = [0, 1].map((side) =>
      Array.from({ length: 40 }, (_, n) => `${side === 0 ? "a" : "b"}${String(n).padStart(2, "0")}`),
    ) as [string[], string[]];
    const fits = new Set(women.flatMap((w) => men.filter(() => next() < 0.2).map((m) => `${w} ${m}`)));
    const wants = Object.fromEntries([
      ...women.map((w) => [w, Object.fromEntries(men.filter((m) => fits.has(`${w} ${m}`)).map((m) => [m, 0.1 + next()]))] as const),
      ...men.map((m) => [m, Object.fromEntries(women.filter((w) => fits.has(`${w} ${m}`)).map((w) => [w, 0.1 + next()]))] as const),
    ]);
    const all = lists(Object.fromEntries(Object.entries(wants).toSorted(([a], [b]) => (a < b ? -1 : 1))));
    const given = new Map(couples(all, never).flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
    expect(given.size).toBeGreaterThan(50);
    const share = (of: string, other: string) => (wants[of]?.[other] ?? 0) / Math.max(...Object.values(wants[of] ?? {}), 0);
    const both = (w: string, m: string) => share(w, m) * share(m, w);
    const blocking = [...fits].filter((pair) => {
      const [w, m] = pair.split(" ") as [string, string];
      const [husband, wife] = [given.get(id(w)), given.get(id(m))];
      if (husband === id(m)) return false;
      const rather = husband === undefined || both(w, m) > both(w, husband) * (1 + 1e-4);
      return rather && (wife === undefined || share(m, w) > share(m, wife) * (1 + 1e-4));
    });
    expect(blocking).toEqual([]);
    expect([...given].filter(([a, b]) => !fits.has(`${a} ${b}`) && !fits.has(`${b} ${a}`))).toEqual([]);
  });
});

test("where all want all, the best pair is made first, and each has one partner", () => {
  const everybody = {
    a: { b: 1, c: 0.9, d: 0.1 },
    b: { a: 0.2, c: 1, d: 0.1 },
    c: { a: 0.9, b: 0.3, d: 0.1 },
    d: { a: 1, b: 0.9, c: 0.8 },
  };
  expect(paired(lists(everybody))).toEqual(["a c", "b d"]);
  expect(paired(lists({ a: { b: 1, c: 0.5 }, b: { a: 1, c: 0.5 }, c: { a: 1, b: 1 } }))).toEqual(["a b"]);
});

test("both kinds of neighbourhoods are paired in one go", () => {
  const triangle = { a: { b: 1, c: 0.5 }, b: { a: 1, c: 0.5 }, c: { a: 1, b: 1 } };
  expect(paired(lists({ ...triangle, x: { y: 1 }, y: { x: 1 }, z: {} }))).toEqual(["a b", "x y"]);
});

test("nobody is paired with whom they shall be kept apart from, who is not there, or who has no place for them on a list with room", () => {
  const two = { a: { b: 1 }, b: { a: 1 } };
  expect(paired(lists(two), (one, other) => [one, other].toSorted().join("") === "ab")).toEqual([]);
  expect(paired(lists({ a: { gone: 1 } }))).toEqual([]);
  expect(paired(lists({ a: { b: 1 }, b: {} }))).toEqual([]);
  expect(paired(lists({ a: { b: 1 }, b: { c: 1 }, c: {} }, true))).toEqual(["a b"]);
  expect(couples([], never)).toEqual([]);
});

test("one whom everybody wants takes part, however many they are", () => {
  const crowd = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`f${n}`, { star: 1 }]));
  expect(paired(lists({ ...crowd, star: { f7: 1 } }, true))).toEqual(["f7 star"]);
});
