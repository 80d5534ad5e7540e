import { expect, test } from "vitest";
import { placeOf } from "../eligibility/sphere.ts";
import { randomPerson, userIdOf } from "../index/random.fixture.ts";
import { snapshot } from "../index/snapshot.ts";
import { seeded } from "../random.ts";
import { CURVE_END } from "./curve.ts";
import { Shard } from "./shard.ts";
import { restoreShard, shardSnapshot } from "./shardSnapshot.ts";

const NOW_MS = Date.UTC(2026, 1, 28);

test("a shard comes back with what waited: a place that came before its person is where they are put", () => {
  const shard = new Shard({ from: 0, until: CURVE_END });
  const [berlin, later] = [
    { lat: 52.5, lon: 13.4 },
    { lat: 48.1, lon: 11.6 },
  ];
  const random = seeded(1);
  const apply = (to: Shard, number: number, version: number): void =>
    void to.apply(
      { type: "person", version, atMs: NOW_MS, person: { ...randomPerson(number, berlin, random), home: berlin, travel: null } },
      { nowMs: NOW_MS },
    );
  apply(shard, 1, 1);
  shard.apply({ type: "place", version: 5, atMs: NOW_MS, userId: userIdOf(2), place: later }, { nowMs: NOW_MS });
  const bytes = Buffer.concat(shardSnapshot(shard, "from here"));
  const back = restoreShard(bytes);
  expect([back.position, back.shard.range, back.shard.index.size]).toEqual(["from here", { from: 0, until: CURVE_END }, 1]);
  apply(back.shard, 2, 3);
  const { point } = back.shard.index.packedOf(userIdOf(2)).person;
  expect(placeOf(point).lat).toBeCloseTo(later.lat, 5);
});

test("the snapshot of an index alone is refused by name", () => {
  const { index } = new Shard({ from: 0, until: 1 });
  for (const position of ["", "null", "{}", JSON.stringify({ position: 1, range: {}, waiting: [] })])
    expect(() => restoreShard(Buffer.concat(snapshot(index, position)))).toThrow("snapshot.notOurs");
});
