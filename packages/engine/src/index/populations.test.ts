import { expect, test } from "vitest";
import { MatchIndex } from "./matchIndex.ts";
import type { Person, SnappedPosition } from "./population.ts";
import { seeded } from "../random.ts";
import { randomPerson, randomTraits, TODAY, userIdOf } from "./random.fixture.ts";
import { deck } from "./search.ts";
import { NOW_MS, Trio } from "./trio.fixture.ts";

/** Somebody whom everybody wants and who wants everybody. */
function open(number: number, home: SnappedPosition): Person {
  const wants = { genders: ["woman", "man", "nonbinary"], ageMin: 18, ageMax: 120, radiusKm: 50, intents: [], dealbreakers: 0 } as const;
  const person = { birthDay: TODAY - 11_000, gender: "woman", intent: null, facts: 0, travel: null, visibility: "visible" } as const;
  return { userId: userIdOf(number), home, wants, ...person };
}

test("everybody in one place", () => {
  const [trio, random] = [new Trio(), seeded(1)];
  for (let i = 0; i < 3000; i++) {
    const place = { lat: 48.1, lon: 11.5 };
    trio.put({ ...randomPerson(i, place, random), home: place, travel: null }, randomTraits(random));
  }
  for (let i = 0; i < 10; i++) trio.agree(userIdOf(i * 7));
});

test("16k people who are the same in everything, whom only the seed tells apart", () => {
  const [trio, traits] = [new Trio(), randomTraits(seeded(2))];
  for (let i = 0; i < 16_000; i++) trio.put(open(i, { lat: 40, lon: -3 }), traits);
  expect(trio.agree(userIdOf(5))).toBe(15_999);
  const decks = [1, 2].map((seed) =>
    deck(trio.index, { userId: userIdOf(5), today: TODAY, size: 50, seed }).entries.map(({ userId }) => userId),
  );
  expect(decks[0]).not.toEqual(decks[1]);
});

test("a viewer who has seen nine of ten people of a city, and then all", () => {
  const [trio, random] = [new Trio(), seeded(3)];
  const viewer = userIdOf(0);
  for (let i = 0; i < 2000; i++) trio.put(open(i, { lat: 40 + random() * 0.2, lon: -3 }), randomTraits(random));
  for (let i = 1; i < 1800; i++) trio.pass(viewer, userIdOf(i));
  expect(trio.agree(viewer)).toBe(200);
  trio.settle(NOW_MS + 1);
  expect(trio.agree(viewer)).toBe(200);
  for (let i = 1800; i < 2000; i++) trio.pass(viewer, userIdOf(i));
  expect(trio.agree(viewer)).toBe(0);
  // Passes are over after thirty days.
  expect(trio.agree(viewer, TODAY + 30)).toBe(0);
  expect(trio.agree(viewer, TODAY + 31)).toBe(1999);
});

test("around the date line and both poles", () => {
  const [trio, random] = [new Trio(), seeded(4)];
  const places: SnappedPosition[] = [];
  for (let i = 0; i < 300; i++) places.push({ lat: 60 + random() * 2, lon: random() < 0.5 ? 180 : -180 });
  for (let i = 0; i < 600; i++) places.push({ lat: (random() < 0.5 ? 1 : -1) * (90 - random() ** 2 * 6), lon: random() * 360 - 180 });
  for (let i = 0; i < 300; i++) places.push({ lat: 10, lon: (random() < 0.5 ? 1 : -1) * (180 - random() * 3) });
  for (const [i, place] of places.entries())
    trio.put(
      { ...open(i, place), wants: { ...open(i, place).wants, radiusKm: 2 + Math.floor(random() ** 2 * 498) } },
      randomTraits(random),
    );
  trio.put(open(5000, { lat: 90, lon: 0 }), randomTraits(random));
  trio.put(open(5001, { lat: -90, lon: 77 }), randomTraits(random));
  let found = 0;
  for (let i = 0; i < places.length; i += 12) found += trio.agree(userIdOf(i));
  expect(found).toBeGreaterThan(100);
  trio.agree(userIdOf(5000));
  trio.agree(userIdOf(5001));
});

test("a whole city moves to another, and nobody stays behind", () => {
  const [trio, random] = [new Trio(), seeded(5)];
  for (let i = 0; i < 3000; i++) trio.put(randomPerson(i, { lat: 48, lon: 11 }, random), randomTraits(random));
  for (let i = 0; i < 3000; i++) {
    trio.move(userIdOf(i), { lat: 35 + random() * 0.2, lon: 139 + random() * 0.2 });
  }
  for (let i = 0; i < 10; i++) trio.agree(userIdOf(i * 11));
  // The memory that they left is used again.
  const { chunks } = trio.index.memory;
  for (let i = 0; i < 3000; i++) trio.index.move(userIdOf(i), { lat: 48 + random() * 0.2, lon: 11 });
  expect(trio.index.memory.chunks).toBeLessThan(chunks * 1.5);
});

test("nobody is eligible", () => {
  const [trio, random] = [new Trio(), seeded(6)];
  for (let i = 0; i < 500; i++) trio.put({ ...open(i, { lat: 48, lon: 11 }), visibility: "paused" }, randomTraits(random));
  expect(trio.agree(userIdOf(1))).toBe(0);
  const alone = new MatchIndex();
  alone.put(open(1, { lat: 0, lon: 0 }));
  expect(deck(alone, { userId: userIdOf(1), today: TODAY, size: 50, seed: 0 }).entries).toEqual([]);
});

test("one who paused looks around unseen, and a traveller meets whoever is there", () => {
  const [trio, random] = [new Trio(), seeded(8)];
  trio.put({ ...open(1, { lat: 48, lon: 11 }), visibility: "paused" }, randomTraits(random));
  trio.put({ ...open(2, { lat: 20, lon: 11 }), travel: { lat: 48, lon: 11 } }, randomTraits(random));
  trio.put(open(3, { lat: 20, lon: 11 }), randomTraits(random));
  expect(trio.agree(userIdOf(1))).toBe(1);
  expect(trio.agree(userIdOf(2))).toBe(0);
  expect(trio.agree(userIdOf(3))).toBe(0);
});
