import { expect, test } from "vitest";
import { chordSquared, chordSquaredOf, pointOf } from "../eligibility/sphere.ts";
import type { SnappedPosition } from "../index/population.ts";
import { randomPerson, randomTraits, TODAY, userIdOf } from "../index/random.fixture.ts";
import { deck } from "../index/search.ts";
import { seeded } from "../random.ts";
import { deckAcross, deckOfGuest, mergedDecks } from "./across.ts";
import { CURVE_END, curveOf } from "./curve.ts";
import { handOver } from "./handOver.ts";
import { balancedRanges, shardOf, type Range } from "./ranges.ts";
import { rangesInReach } from "./reach.ts";
import { Shard, type ShardEvent } from "./shard.ts";

const NOW_MS = Date.UTC(2026, 1, 28);
const corners: readonly SnappedPosition[] = [
  { lat: 48, lon: 11 },
  { lat: -17, lon: 179.9 },
  { lat: 89.7, lon: 40 },
  { lat: -89.8, lon: -100 },
  { lat: 0, lon: 0 },
];

const anywhere = (random: () => number): SnappedPosition => ({
  lat: (Math.asin(random() * 2 - 1) * 180) / Math.PI,
  lon: random() * 360 - 180,
});

test("whoever is within reach is in one of the ranges, at the poles and the date line too; and few ranges are", () => {
  const random = seeded(2);
  for (let round = 0; round < 400; round++) {
    const place = round < 100 ? (corners[round % 5] as SnappedPosition) : anywhere(random);
    const radiusKm = 1 + Math.floor(random() ** 2 * 510);
    const ranges: Range[] = Array.from({ length: 256 }, (_, i) => ({ from: (i * CURVE_END) / 256, until: ((i + 1) * CURVE_END) / 256 }));
    const found = rangesInReach(ranges, place, radiusKm);
    expect(found).toContain(shardOf(ranges, curveOf(place)));
    for (let i = 0; i < 40; i++) {
      const spread = radiusKm / 60;
      const other = {
        lat: Math.max(-90, Math.min(90, place.lat + (random() - 0.5) * spread)),
        lon: ((place.lon + ((random() - 0.5) * spread) / Math.max(0.003, Math.cos((place.lat * Math.PI) / 180)) + 540) % 360) - 180,
      };
      if (chordSquared(pointOf(place), pointOf(other)) > chordSquaredOf(radiusKm)) continue;
      expect(found).toContain(shardOf(ranges, curveOf(other)));
    }
    if (Math.abs(place.lat) < 70) expect(found.length).toBeLessThan(12);
  }
});

test("a deck across borders is that of one index of everybody, before and after the curve is cut anew", () => {
  const random = seeded(3);
  const events: ShardEvent[] = [];
  const people = Array.from({ length: 500 }, (_, number) => {
    const person = { ...randomPerson(number, corners[number % 3] as SnappedPosition, random), travel: null };
    events.push({ type: "person", version: 1, atMs: NOW_MS, person, traits: randomTraits(random) });
    return person;
  });
  const answers = ["liked", "passed", "none"] as const;
  for (let i = 0; i < 6_000; i++) {
    const userId = userIdOf(Math.floor(random() * 500));
    const targetId = userIdOf(Math.floor(random() * 500));
    if (userId !== targetId) events.push({ type: "answer", atMs: NOW_MS, userId, targetId, answer: answers[i % 3] ?? "none" });
  }
  const loads = people.map(({ home }) => ({ at: curveOf(home), weight: 1 }));
  const shards = balancedRanges(loads, 6).map((range) => new Shard(range));
  const one = new Shard({ from: 0, until: CURVE_END });
  const homeOf = (userId: string): Shard | undefined => shards.find(({ index }) => index.has(userId as never));
  for (const event of events) {
    one.apply(event, { nowMs: NOW_MS });
    if (event.type === "person") for (const shard of shards) shard.apply(event, { nowMs: NOW_MS });
    else if (event.type === "answer") homeOf(event.userId)?.apply(event, { nowMs: NOW_MS });
  }
  const compare = (): number => {
    let beyond = 0;
    for (const { userId } of people) {
      const request = { userId, size: 50, today: TODAY, seed: 1 };
      const wanted = deck(one.index, request).entries;
      const found = deckAcross(shards, request);
      expect(found.map(({ score }) => score)).toEqual(wanted.map(({ score }) => score));
      expect(new Set(found.map((entry) => entry.userId))).toEqual(new Set(wanted.map((entry) => entry.userId)));
      beyond += found.filter((entry) => homeOf(entry.userId) !== homeOf(userId)).length;
    }
    return beyond;
  };
  const sizes = shards.map(({ index }) => index.size);
  expect(compare()).toBeGreaterThan(500);
  // Guests leave nothing behind; no fact is old enough here to have been packed.
  expect(shards.map(({ index }) => index.size)).toEqual(sizes);
  for (const { index } of shards) expect(index.ties.addresses.every((address) => address === 0)).toBe(true);
  handOver(shards, balancedRanges(loads.slice(0, 150), 6), TODAY);
  expect(shards.map(({ index }) => index.size)).not.toEqual(sizes);
  expect(compare()).toBeGreaterThan(500);
});

test("whoever lives in no shard, or is no guest, is refused by name; of two parts with the same person one counts", () => {
  const shard = new Shard({ from: 0, until: CURVE_END });
  const request = { userId: userIdOf(1), size: 5, today: TODAY, seed: 1 };
  expect(() => deckAcross([shard], request)).toThrow("user.unknown");
  const person = { ...randomPerson(1, corners[0] as SnappedPosition, seeded(1)), travel: null };
  shard.apply({ type: "person", version: 1, atMs: NOW_MS, person }, { nowMs: NOW_MS });
  const guest = shard.parcelOf(0);
  expect(() => deckOfGuest(shard, { ...request, guest })).toThrow("deck.invalid");
  expect(() => deckOfGuest(shard, { ...request, guest: { ...guest, here: null } })).toThrow("user.unknown");
  const [a, b] = [userIdOf(7), userIdOf(8)];
  const parts = [[{ userId: a, score: 0.5 }], [{ userId: b, score: 0.4 }], [{ userId: a, score: 0.3 }]];
  expect(mergedDecks(parts, 5)).toEqual([
    { userId: a, score: 0.5 },
    { userId: b, score: 0.4 },
  ]);
});
