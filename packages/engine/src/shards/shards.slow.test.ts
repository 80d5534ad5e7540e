import { fc } from "../fastCheck.fixture.ts";
import { expect, test } from "vitest";
import type { Person, SnappedPosition } from "../index/population.ts";
import { randomPerson, userIdOf } from "../index/random.fixture.ts";
import { seeded } from "../random.ts";
import { placeOf, pointOf } from "../eligibility/sphere.ts";
import { CURVE_END, curveOf } from "./curve.ts";
import { claim, Fence, release, type Lease } from "./lease.ts";
import { balancedRanges, imbalance, shardOf, transfers, type Load } from "./ranges.ts";
import { Shard, type ShardEvent } from "./shard.ts";

const NOW_MS = Date.UTC(2026, 1, 28, 12);

test("neighbours on the curve are neighbours on Earth, and every square is on it once", () => {
  const step = 2 ** 13;
  const centres: number[] = [];
  for (let x = 0; x < 8; x++)
    for (let y = 0; y < 8; y++)
      centres.push(curveOf({ lat: ((y * step + step / 2) / 2 ** 16) * 180 - 90, lon: ((x * step + step / 2) / 2 ** 16) * 360 - 180 }));
  // Of a curve through 8 × 8 squares, each has 2^26 of the finer ones.
  expect(centres.map((at) => Math.floor(at / 2 ** 26)).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, i) => i));
  const order = centres.map((at, i) => ({ at, x: Math.floor(i / 8), y: i % 8 })).toSorted((a, b) => a.at - b.at);
  for (const [i, { x, y }] of order.entries()) {
    const next = order[i + 1];
    if (next !== undefined) expect(Math.abs(next.x - x) + Math.abs(next.y - y)).toBe(1);
  }
  expect(curveOf({ lat: 90, lon: 180 })).toBeLessThan(CURVE_END);
});

test("ranges cover the curve, weigh nearly the same, and a change of ranges hands over exactly what lies elsewhere now", () => {
  const random = seeded(1);
  const loads: Load[] = Array.from({ length: 20_000 }, () => {
    const city = Math.floor(random() ** 3 * 20);
    return {
      at: curveOf({ lat: 40 + city + (random() + random() - 1) * 0.5, lon: city * 3 + (random() + random() - 1) * 0.5 }),
      weight: 1,
    };
  });
  for (const shards of [1, 2, 7, 16, 64]) {
    const ranges = balancedRanges(loads, shards);
    expect([ranges.length, ranges[0]?.from, ranges.at(-1)?.until]).toEqual([shards, 0, CURVE_END]);
    for (const [i, { from }] of ranges.slice(1).entries()) expect(from).toBe(ranges[i]?.until);
    expect(imbalance(ranges, loads)).toBeLessThan(1.2);
  }
  const [before, after] = [balancedRanges(loads.slice(0, 10_000), 7), balancedRanges(loads, 9)];
  const moved = transfers(before, after);
  for (const { at } of loads) {
    const [giver, taker] = [shardOf(before, at), shardOf(after, at)];
    const found = moved.filter(({ from, until }) => at >= from && at < until);
    expect(found.map((transfer) => [transfer.giver, transfer.taker])).toEqual(giver === taker ? [] : [[giver, taker]]);
  }
});

test("a lease has one holder at a time, and whoever held it before is fenced off", () => {
  const held = claim(null, { shard: 3, holder: "a", nowMs: 1000, forMs: 100 }) as Lease;
  expect(held.token).toBe(1);
  expect(claim(held, { shard: 3, holder: "b", nowMs: 1099, forMs: 100 })).toBeNull();
  expect(claim(held, { shard: 3, holder: "a", nowMs: 1050, forMs: 100 })).toEqual({ ...held, untilMs: 1150 });
  const taken = claim(held, { shard: 3, holder: "b", nowMs: 1100, forMs: 100 }) as Lease;
  expect(taken).toEqual({ shard: 3, holder: "b", token: 2, untilMs: 1200 });
  const fence = new Fence();
  expect([fence.admits(held), fence.admits(taken), fence.admits(held), fence.admits({ shard: 4, token: 1 })]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect(release(taken, { holder: "a", token: 1 })).toBeNull();
  expect(claim(release(taken, taken), { shard: 3, holder: "c", nowMs: 1101, forMs: 1 })?.token).toBe(3);
});

const half = curveOf({ lat: 0, lon: 0 });
const places: SnappedPosition[] = [
  { lat: 48, lon: 11 },
  { lat: 48.02, lon: 11 },
  { lat: -30, lon: -60 },
  { lat: 35, lon: 139 },
];

/** What happened to a few users, in the order of their versions; what each shard is told, and where everybody is in the end. */
function history(dice: readonly number[]): { events: ShardEvent[]; truth: Map<string, Person> } {
  const random = seeded(3);
  const [events, truth]: [ShardEvent[], Map<string, Person>] = [[], new Map()];
  for (const [step, die] of dice.entries()) {
    const number = die % 4;
    const userId = userIdOf(number);
    const [version, atMs, kind] = [step + 1, NOW_MS + step, Math.floor(die / 4) % 8];
    const place = places[Math.floor(die / 32) % 4] as SnappedPosition;
    const present = truth.get(userId);
    if (kind === 0) {
      truth.delete(userId);
      events.push({ type: "gone", version, atMs, userId });
    } else if (present === undefined || kind < 4) {
      const person: Person = { ...randomPerson(number, place, random), home: place, travel: null };
      truth.set(userId, person);
      events.push({ type: "person", version, atMs, person });
    } else {
      const moved = { ...present, home: place };
      const stays = sideOf(present.home) === sideOf(place);
      truth.set(userId, moved);
      events.push({ type: "place", version, atMs, userId, place });
      if (!stays) events.push({ type: "person", version, atMs, person: moved });
    }
    const answer = (["liked", "passed", "none"] as const)[die % 3] ?? "none";
    events.push({ type: "answer", atMs, userId, targetId: userIdOf((die + 1) % 4), answer });
    if (die % 5 === 0) events.push({ type: "block", atMs, userId, targetId: userIdOf((die + 1) % 4), on: die % 2 === 0 });
  }
  return { events, truth };
}

const sideOf = (place: SnappedPosition): boolean => curveOf(place) < half;

function stateOf(shard: Shard): unknown {
  const { index } = shard;
  return [0, 1, 2, 3].map((number) => {
    const userId = userIdOf(number);
    const row = index.rows.find(userId);
    const ties = row < 0 ? [] : index.ties.all(row).map((tie) => ({ ...tie, row: index.rows.userIdOf(tie.row) }));
    return {
      here: index.has(userId) ? index.packedOf(userId).person : null,
      ties: ties.filter((tie) => tie.answer || tie.blocks || tie.blocked).toSorted((a, b) => (a.row < b.row ? -1 : 1)),
    };
  });
}

test("two shards agree with what happened, however often and in whatever order they are told", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1023), { minLength: 1, maxLength: 24 }), fc.integer(), (dice, seed) => {
      const { events, truth } = history(dice);
      const random = seeded(seed);
      const shuffled = [...events, ...events.filter(() => random() < 0.5)]
        .map((event) => ({ event, key: random() }))
        .toSorted((a, b) => a.key - b.key);
      const told = [
        [new Shard({ from: 0, until: half }), new Shard({ from: half, until: CURVE_END })],
        [new Shard({ from: 0, until: half }), new Shard({ from: half, until: CURVE_END })],
      ] as const;
      for (const shard of told[0]) for (const event of events) shard.apply(event, { nowMs: NOW_MS });
      for (const shard of told[1]) for (const { event } of shuffled) shard.apply(event, { nowMs: NOW_MS });
      for (const side of [0, 1] as const) expect(stateOf(told[1][side])).toEqual(stateOf(told[0][side]));
      for (let number = 0; number < 4; number++) {
        const userId = userIdOf(number);
        const person = truth.get(userId);
        const where = told[1].map((shard) => shard.index.has(userId));
        expect(where).toEqual(person === undefined ? [false, false] : [sideOf(person.home), !sideOf(person.home)]);
        if (person === undefined) continue;
        const { point } = (told[1].find((shard) => shard.index.has(userId)) as Shard).index.packedOf(userId).person;
        expect(point).toEqual(pointOf(person.home));
      }
    }),
    { numRuns: 300 },
  );
});

test("a point's place has the same point again", () => {
  const random = seeded(5);
  for (let i = 0; i < 20_000; i++) {
    const point = pointOf({ lat: Math.asin(random() * 2 - 1) * (180 / Math.PI), lon: random() * 360 - 180 });
    const again = pointOf(placeOf(point));
    expect(Math.max(Math.abs(again.x - point.x), Math.abs(again.y - point.y), Math.abs(again.z - point.z))).toBeLessThanOrEqual(1);
  }
});

test("events from the future, without a version, about nobody or with an unknown answer are refused by name and counted", () => {
  const shard = new Shard({ from: 0, until: CURVE_END });
  const person = randomPerson(1, places[0] as SnappedPosition, seeded(1));
  const apply = (event: unknown) => () => shard.apply(event as ShardEvent, { nowMs: NOW_MS });
  expect(apply({ type: "person", version: 1, atMs: NOW_MS + 400_000, person })).toThrow("event.future");
  expect(apply({ type: "person", version: 0, atMs: NOW_MS, person })).toThrow("event.invalid");
  expect(apply({ type: "person", version: 1.5, atMs: NOW_MS, person })).toThrow("event.invalid");
  expect(apply({ type: "place", version: 1, atMs: Number.NaN, userId: person.userId, place: places[0] })).toThrow("event.invalid");
  expect(apply({ type: "place", version: 1, atMs: NOW_MS, userId: "nobody", place: places[0] })).toThrow("id.malformed");
  expect(apply({ type: "place", version: 1, atMs: NOW_MS, userId: person.userId, place: { lat: 91, lon: 0 } })).toThrow("place.invalid");
  expect(apply({ type: "answer", atMs: NOW_MS, userId: person.userId, targetId: person.userId, answer: "maybe" })).toThrow("event.invalid");
  expect(apply({ type: "nonsense", atMs: NOW_MS })).toThrow("event.invalid");
  expect(Object.fromEntries(shard.refused)).toEqual({ "event.future": 1, "event.invalid": 5, "id.malformed": 1, "place.invalid": 1 });
  expect(shard.index.rows.count).toBe(0);
});
