import type { UserId } from "@pendo/contract/ids";
import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import type { Person, SnappedPosition } from "../index/population.ts";
import { randomPerson, TODAY, userIdOf } from "../index/random.fixture.ts";
import { ANSWER, type TieEntry } from "../index/tieCode.ts";
import { seeded } from "../random.ts";
import { CURVE_END, curveOf } from "./curve.ts";
import { handOver } from "./handOver.ts";
import { shardOf, type Range } from "./ranges.ts";
import { Shard, type ShardEvent } from "./shard.ts";

const PEOPLE = 12;
const START_MS = Date.UTC(2026, 1, 28);

/** Three shards, the curve cut anywhere. */
function cut(random: () => number): Range[] {
  const [one, two] = [random() * CURVE_END, random() * CURVE_END].map(Math.floor).toSorted((a, b) => a - b) as [number, number];
  return [
    { from: 0, until: one },
    { from: one, until: two },
    { from: two, until: CURVE_END },
  ];
}

interface Town {
  readonly shards: Shard[];
  /** Is told of everything, in order. */
  readonly one: Shard;
  readonly truth: Map<number, Person>;
  /** Where everybody is or was last, the gone included. */
  readonly homes: Map<number, SnappedPosition>;
  /** What is on its way to shards. */
  readonly underWay: (() => void)[];
  /** What a shard of this place does. */
  at(place: SnappedPosition): number;
}

function town(random: () => number): Town {
  const shards = cut(random).map((range) => new Shard(range));
  const at = (place: SnappedPosition): number =>
    shardOf(
      shards.map(({ range }) => range),
      curveOf(place),
    );
  return { shards, one: new Shard({ from: 0, until: CURVE_END }), truth: new Map(), homes: new Map(), underWay: [], at };
}

/**
 * Something happens to somebody. Facts about people go to where they are and where they were, and come late. What is between two is told to where each of
 * them is; whoever changes shards is followed by a parcel.
 */
function happen({ shards, one, truth, homes, underWay, at }: Town, step: number, random: () => number): void {
  const number = Math.floor(random() * PEOPLE);
  const userId = userIdOf(number);
  const [version, atMs] = [step + 1, START_MS + step];
  const before = truth.get(number);
  const place = { lat: random() * 160 - 80, lon: random() * 360 - 180 };
  const now = (event: ShardEvent, places: readonly (SnappedPosition | undefined)[]): void => {
    for (const shard of new Set(places.flatMap((each) => (each ? [at(each)] : [])))) shards[shard]?.apply(event, { nowMs: START_MS });
  };
  const later = (event: ShardEvent, places: readonly (SnappedPosition | undefined)[]): void => {
    one.apply(event, { nowMs: START_MS });
    underWay.push(() => now(event, places));
    if (random() < 0.3) underWay.push(() => now(event, places));
  };
  const die = random();
  if (die < 0.1 && before) {
    truth.delete(number);
    later({ type: "gone", version, atMs, userId }, [before.home]);
  } else if (die < 0.6 || !before) {
    const person: Person = { ...(die < 0.3 && before ? before : randomPerson(number, place, random)), home: place, travel: null };
    truth.set(number, person);
    later({ type: "person", version, atMs, person }, [place, before?.home]);
    const last = homes.get(number);
    const from = last && shards[at(last)];
    homes.set(number, place);
    underWay.push(() => {
      const to = shards[at(homes.get(number) as SnappedPosition)];
      if (!from || from === to) return;
      to?.take(from.parcelOf(from.index.rows.of(userId)), TODAY);
      from.leave(userId);
    });
  } else {
    const other = Math.floor(random() * PEOPLE);
    const targetId = userIdOf(other);
    const answer = die < 0.7 ? "passed" : die < 0.85 ? "liked" : "none";
    const event: ShardEvent =
      die < 0.9 ? { type: "answer", atMs, userId, targetId, answer } : { type: "block", atMs, userId, targetId, on: die < 0.97 };
    one.apply(event, { nowMs: START_MS });
    now(event, [before.home, event.type === "block" ? homes.get(other) : undefined]);
  }
}

/** Anything of what is on its way arrives. */
function deliver({ underWay }: Town, random: () => number): void {
  underWay.splice(Math.floor(random() * underWay.length), 1)[0]?.();
}

const liesIn = (shard: Shard, userId: UserId): unknown => (shard.index.has(userId) ? shard.index.packedOf(userId) : null);
type Tie = Omit<TieEntry, "row"> & { readonly userId: UserId };
function tiesIn({ index }: Shard, userId: UserId): Tie[] {
  const row = index.rows.find(userId);
  const named = (row < 0 ? [] : index.ties.all(row)).map(({ row: target, ...tie }) => ({ ...tie, userId: index.rows.userIdOf(target) }));
  return named.filter((tie) => tie.answer || tie.blocks || tie.blocked).toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
}

/** Everybody is where they belong, as they are. */
function expectPeople({ shards, one, truth, at }: Town): void {
  for (let number = 0; number < PEOPLE; number++) {
    const userId = userIdOf(number);
    const person = truth.get(number);
    expect(shards.map((shard) => shard.index.has(userId))).toEqual(
      shards.map((_, shard) => person !== undefined && shard === at(person.home)),
    );
    if (person !== undefined) expect(liesIn(shards[at(person.home)] as Shard, userId)).toEqual(liesIn(one, userId));
  }
}

/** What is between people, as it is at home of each, and as whoever was told of everything has it. */
function tiesAtHome({ shards, one, truth, at }: Town): { userId: UserId; here: readonly Tie[]; all: readonly Tie[] }[] {
  return [...truth].map(([number, { home }]) => {
    const userId = userIdOf(number);
    return { userId, here: tiesIn(shards[at(home)] as Shard, userId), all: tiesIn(one, userId) };
  });
}

function lived(seed: number, settles: boolean): Town {
  const random = seeded(seed);
  const all = town(random);
  for (let step = 0; step < 120; step++) {
    happen(all, step, random);
    if (random() < 0.9) deliver(all, random);
    if (random() > 0.05) continue;
    // Facts go where ranges said when they happened; before ranges change, those are waited for.
    while (all.underWay.length > 0) deliver(all, random);
    if (settles) for (const { index } of [...all.shards, all.one]) index.ties.settle(START_MS + step + 1);
    handOver(all.shards, cut(random), TODAY);
  }
  while (all.underWay.length > 0) deliver(all, random);
  return all;
}

test("whoever changes shards loses nothing, though facts come late and the curve is cut anew between them", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const all = lived(seed, false);
      expectPeople(all);
      for (const { here, all: wanted } of tiesAtHome(all)) expect(here).toEqual(wanted);
    }),
    { numRuns: 40 },
  );
});

test("of facts whose instants are forgotten at least as many hide somebody after a move as before", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const all = lived(seed, true);
      expectPeople(all);
      const hides = ({ answer, blocks, blocked }: Tie): boolean => answer !== ANSWER.none || blocks || blocked;
      for (const { here, all: wanted } of tiesAtHome(all)) {
        const hidden = new Set(here.filter(hides).map((tie) => tie.userId));
        for (const tie of wanted.filter(hides)) expect(hidden).toContain(tie.userId);
        for (const tie of wanted.filter(({ blocks }) => blocks))
          expect(here.find(({ userId }) => userId === tie.userId)?.blocks).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});
