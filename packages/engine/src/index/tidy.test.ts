import { expect, test } from "vitest";
import { seeded } from "../random.ts";
import { MatchIndex } from "./matchIndex.ts";
import { nextWord } from "./memory.ts";
import { randomPerson, randomTraits, TODAY, userIdOf } from "./random.fixture.ts";
import { deck } from "./search.ts";
import { tidy } from "./tidy.ts";

test("laying an index out anew changes nothing that anybody sees, and each leaf then lies in one piece", () => {
  const [index, random] = [new MatchIndex(), seeded(41)];
  for (let i = 0; i < 20_000; i++) index.put(randomPerson(i % 9000, { lat: 48 + (i % 3), lon: 11 }, random), randomTraits(random));
  for (let i = 0; i < 3000; i++) index.remove(userIdOf(i * 2));
  const decks = (): unknown =>
    Array.from({ length: 300 }, (_, i) => deck(index, { userId: userIdOf(i * 20 + 1), today: TODAY, size: 50, seed: 1 }).entries);
  const [before, { people }] = [decks(), index.bytes];
  tidy(index);
  expect(decks()).toEqual(before);
  expect(index.bytes.people).toBeLessThan(people);
  const nexts = [...index.memory.i32.subarray(nextWord(0), nextWord(index.memory.chunks))];
  expect(nexts.every((next, chunk) => next === -1 || next === chunk + 1)).toBe(true);
  const twice = [...index.rows.slots];
  tidy(index);
  expect([...index.rows.slots]).toEqual(twice);
});

test("an index without anybody stays one", () => {
  const index = new MatchIndex();
  tidy(index);
  index.put(randomPerson(1, { lat: 48, lon: 11 }, seeded(1)));
  expect(index.size).toBe(1);
});
