import { expect, test } from "vitest";
import { MatchIndex } from "./matchIndex.ts";
import { seeded } from "../random.ts";
import { randomPerson, randomTraits, TODAY, userIdOf } from "./random.fixture.ts";
import { deck } from "./search.ts";
import { restore, snapshot } from "./snapshot.ts";

const NOW_MS = Date.UTC(2026, 1, 28, 12);

function populated(): MatchIndex {
  const [index, random] = [new MatchIndex(), seeded(9)];
  for (let i = 0; i < 4000; i++) index.put(randomPerson(i, { lat: 48, lon: 11 }, random), randomTraits(random));
  for (let i = 0; i < 300; i++) index.remove(userIdOf(i * 3));
  for (let i = 0; i < 5000; i++) {
    index.ties.answer(Math.floor(random() * 4000), Math.floor(random() * 4000), random() < 0.5 ? 1 : 2, NOW_MS + i);
    if (i === 2500) index.ties.settle(NOW_MS + i);
  }
  return index;
}

const bytesOf = (index: MatchIndex): Buffer => Buffer.concat(snapshot(index, "here"));

test("an index comes back from its snapshot with the same decks, and lives on in the same way", () => {
  const index = populated();
  const { index: again, position } = restore(bytesOf(index));
  expect(position).toBe("here");
  const random = seeded(10);
  for (let round = 0; round < 3; round++) {
    for (let i = 1; i < 200; i += 3) {
      const request = { userId: userIdOf(i), today: TODAY, size: 50, seed: 1 };
      if (index.has(userIdOf(i))) expect(deck(again, request)).toEqual(deck(index, request));
    }
    for (let i = 0; i < 500; i++) {
      const person = randomPerson(Math.floor(random() * 5000), { lat: 48, lon: 11 }, random);
      for (const each of [index, again]) each.put(person);
    }
    for (const each of [index, again]) each.ties.settle(NOW_MS + 3000 + round);
  }
  expect(bytesOf(again).equals(bytesOf(index))).toBe(true);
});

test("a snapshot that is damaged, cut, of another version or of something else is refused by name", () => {
  const good = bytesOf(populated());
  const changed = (at: number): Uint8Array => {
    const bytes = Buffer.from(good);
    bytes[at] = (bytes[at] as number) ^ 1;
    return bytes;
  };
  expect(() => restore(changed(0))).toThrow("snapshot.notOurs");
  expect(() => restore(changed(7))).toThrow("snapshot.otherVersion");
  expect(() => restore(changed(15))).toThrow(/snapshot.(truncated|corrupt)/);
  expect(() => restore(changed(19))).toThrow("snapshot.corrupt");
  expect(() => restore(good.subarray(0, good.length - 1))).toThrow("snapshot.truncated");
  expect(() => restore(good.subarray(0, 10))).toThrow("snapshot.truncated");
  expect(() => restore(new Uint8Array(0))).toThrow("snapshot.notOurs");
  const random = seeded(11);
  for (let i = 0; i < 30; i++) expect(() => restore(changed(20 + Math.floor(random() * (good.length - 20))))).toThrow("snapshot.corrupt");
  expect(restore(good).index.size).toBe(populated().size);
});
