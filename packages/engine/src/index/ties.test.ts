import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import { dayAt } from "../eligibility/age.ts";
import { decodeTies, encodeTies, type TieEntry } from "./tieCode.ts";
import { Ties } from "./ties.ts";

const NOW_MS = Date.UTC(2026, 1, 28, 12);
const TODAY = dayAt(NOW_MS);
const DAY_MS = 86_400_000;

test("a list of ties is read as it was written, wherever its rows lie", () => {
  const entry = fc.record({
    row: fc.oneof(fc.nat(50), fc.nat(100_000), fc.nat(2 ** 31 - 2)),
    answer: fc.constantFrom(0, 1, 2),
    day: fc.integer({ min: TODAY - 30, max: TODAY }),
    blocks: fc.boolean(),
    blocked: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ({ row }) => row, maxLength: 300 }), fc.nat(9), (entries, from) => {
      const bytes = encodeTies(entries as TieEntry[], TODAY - 30);
      const moved = new Uint8Array(from + bytes.length);
      moved.set(bytes, from);
      const read: TieEntry[] = [];
      if (bytes.length > 0)
        decodeTies(moved, from, (row, tag, day) =>
          read.push({ row, answer: (tag & 3) as 0 | 1 | 2, day, blocks: (tag & 8) !== 0, blocked: (tag & 4) !== 0 }),
        );
      const kept = entries
        .filter(({ answer, blocks, blocked }) => answer !== 0 || blocks || blocked)
        .map((tie) => ({ ...tie, day: tie.answer === 2 ? tie.day : 0 }));
      expect(read.toSorted((a, b) => a.row - b.row)).toEqual(kept.toSorted((a, b) => a.row - b.row));
    }),
  );
});

test("a pass is over after thirty days, a like never, and settling changes nothing that anybody sees", () => {
  const ties = new Ties();
  ties.answer(1, 10, 2, NOW_MS - 30 * DAY_MS);
  ties.answer(1, 11, 2, NOW_MS - 31 * DAY_MS);
  ties.answer(1, 12, 1, NOW_MS - 400 * DAY_MS);
  ties.block(2, 1, true, NOW_MS);
  const unseen = (): number[] => {
    const rows: number[] = [];
    ties.eachUnseen(1, TODAY, (row) => rows.push(row));
    return rows.toSorted((a, b) => a - b);
  };
  expect(unseen()).toEqual([2, 10, 12]);
  ties.settle(NOW_MS + 1);
  expect(unseen()).toEqual([2, 10, 12]);
  ties.block(2, 1, false, NOW_MS + 2);
  expect(unseen()).toEqual([10, 12]);
});

test("a fact from before what was settled may hide somebody, but brings nobody back", () => {
  const ties = new Ties();
  ties.answer(1, 10, 1, NOW_MS);
  ties.settle(NOW_MS + 1);
  expect(() => ties.answer(1, 10, 0, NOW_MS - 5)).toThrow("event.stale");
  expect(() => ties.block(1, 10, false, NOW_MS - 5)).toThrow("event.stale");
  ties.answer(1, 10, 2, NOW_MS - 5);
  ties.answer(1, 11, 2, NOW_MS - 5);
  expect(ties.between(1, 10)).toEqual({ blocked: false, swiped: "liked" });
  expect(ties.between(1, 11)).toEqual({ blocked: false, swiped: { passedOn: TODAY } });
});

test("the newest answer counts, in whatever order answers come", () => {
  const facts = [
    [2, NOW_MS],
    [0, NOW_MS + 1],
    [1, NOW_MS + 2],
    [1, NOW_MS + 2],
  ] as const;
  fc.assert(
    fc.property(fc.shuffledSubarray([...facts], { minLength: facts.length }), (order) => {
      const ties = new Ties();
      for (const [answer, atMs] of order) ties.answer(1, 2, answer, atMs);
      expect(ties.between(1, 2)).toEqual({ blocked: false, swiped: "liked" });
    }),
  );
});

test("lists that are replaced again and again take no more room", () => {
  const ties = new Ties();
  const list = (count: number): TieEntry[] =>
    Array.from({ length: count }, (_, i) => ({ row: i * 37, answer: 1, day: 0, blocks: false, blocked: false }));
  for (let round = 0; round < 8; round++) for (let row = 0; row < 200; row++) ties.replace(row, list((row * 7) % 150), TODAY);
  const { bytes } = ties.arena;
  for (let round = 0; round < 8; round++) for (let row = 0; row < 200; row++) ties.replace(row, list((row * 7) % 150), TODAY);
  expect(ties.arena.bytes).toBe(bytes);
});
