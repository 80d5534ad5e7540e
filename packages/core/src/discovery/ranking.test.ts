import type { UserId } from "@pendo/contract/ids";
import { neverRanked, ranked } from "@pendo/engine/score/answers";
import { seeded } from "@pendo/engine/random";
import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addCrowd, addPeople } from "../swipes/people.fixture.ts";
import * as swipes from "../swipes/swipes.ts";
import { makeWellKnown } from "./beliefs.fixture.ts";
import { learnFrom, type ActingPair } from "./learn.ts";
import { likely } from "./likely.sql.ts";
import { retrieve, scored } from "./ranking.ts";

const db = testDb();
const ports = testPorts(db);
let island = 0;
const here = () => ({ lat: -60 + (island += 8), lon: 10 });

test("nothing that is never ranked is read, and what is free text moves no score: neither names nor faith among the interests", async () => {
  const place = here();
  const [me, one, other] = (await addPeople(db, [place, { ...place, interests: ["chess"] }, { ...place, interests: ["chess"] }])) as [
    UserId,
    UserId,
    UserId,
  ];
  const at = ports.clock.now();
  const scores = async () => await scored(db, { userId: me, at, limit: 10, seed: 1 });
  const before = (await scores()).toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
  await db`
    update profiles set name = 'Another', bio = 'church', job = 'priest', school = 'a seminary', height_cm = 200, interests = '{chess,church,"my faith"}'
    where user_id in (${one}, ${other})`;
  await db`update profiles set interests = '{church}' where user_id = ${me}`;
  expect((await scores()).toSorted((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual(before);
  const { viewer, candidates } = await likely(db, { userId: me, at, limit: 10, seed: 1 });
  const read = new Set([...Object.keys(viewer ?? {}), ...candidates.flatMap((row) => Object.keys(row))]);
  expect(neverRanked.filter((name) => read.has(name))).toEqual([]);
  // Beside what may be ranked there is when and where somebody is, and what people did.
  const rest = [...read].filter((name) => !ranked.includes(name) && name !== "birthDate").toSorted();
  expect(rest).toEqual(
    ["answer", "boosted", "createdAt", "lastActiveAt", "lat", "learned", "lon", "missing", "shown", "swipes", "userId", "yeses"].toSorted(),
  );
  // What the comparison would catch.
  await db`update profiles set interests = '{cooking}' where user_id = ${one}`;
  await db`update profiles set interests = '{chess}' where user_id = ${me}`;
  expect((await scores()).toSorted((a, b) => (a.userId < b.userId ? -1 : 1))).not.toEqual(before);
});

test("equals come in another order in each deck, and in the same with the same seed; whoever is better comes first in all", async () => {
  const place = here();
  const ids = await addPeople(db, [place, ...Array.from({ length: 8 }, () => place), { ...place, interests: ["chess"] }]);
  await db`update profiles set interests = '{chess}' where user_id = ${ids[0] as UserId}`;
  await makeWellKnown(db, ids);
  const deck = async (seed: number) => (await retrieve(db, { userId: ids[0] as UserId, at: ports.clock.now(), limit: 20, seed })).userIds;
  const decks = await Promise.all(Array.from({ length: 10 }, (_, seed) => deck(seed)));
  expect(new Set(decks.map((one) => one.join(" "))).size).toBeGreaterThan(5);
  expect(decks.every(([first]) => first === ids.at(-1))).toBe(true);
  expect(await deck(3)).toEqual(decks[3]);
});

test("whoever many like comes first, and whoever likes everybody last, once the queue told of it", async () => {
  const place = here();
  const ids = await addPeople(
    db,
    Array.from({ length: 46 }, () => place),
  );
  const [me, liked, eager] = ids as [UserId, UserId, UserId];
  const told: ActingPair[] = [];
  const swipe = async (swiperId: UserId, targetId: UserId, action: "like" | "pass") => {
    await swipes.record(ports, { swiperId, targetId, action });
    told.push([swiperId, targetId]);
  };
  for (const other of ids.slice(3)) {
    await swipe(other, liked, "like");
    await swipe(eager, other, "like");
    await swipe(other, eager, "pass");
    await swipe(other, ids[3 + ((ids.indexOf(other) - 2) % 43)] as UserId, "pass");
  }
  const deck = async () => (await retrieve(db, { userId: me, at: ports.clock.now(), limit: 60, seed: 1 })).userIds;
  // Passes are learned from when their day is over.
  const tomorrow = { ...ports, clock: { now: () => new Date(ports.clock.now().getTime() + 86_400_000) } };
  for (let from = 0; from < told.length; from += 10) await learnFrom(tomorrow, { swiped: told.slice(from, from + 10), replied: [] });
  const after = await deck();
  expect([after[0], after.at(-1)]).toEqual([liked, eager]);
  expect(after).toHaveLength(45);
  const [counts] = await db`select yeses, swipes, shown from beliefs where user_id = ${eager}`;
  expect(counts).toEqual({ yeses: 43, swipes: 43, shown: 43 });
  const [worth] = await db<{ worth: number }[]>`select worth from beliefs where user_id = ${eager}`;
  expect(worth?.worth).toBeLessThan(0.9);
});

test("of more people than are looked at, nearly all of the best are found, even where nothing was learned and the luck of the day moves most", async () => {
  const place = here();
  const random = seeded(3);
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const ids = await addPeople(
    db,
    Array.from({ length: 1_500 }, () => ({
      lat: place.lat + random() * 0.3,
      lon: place.lon + random() * 0.3,
      birthDate: `${1970 + Math.floor(random() * 35)}-05-05`,
      interests: [one(["chess", "running", "film"]), one(["jazz", "cooking", "yoga"])],
      intent: one(["relationship", "casual", null]),
      activeAt: new Date(Date.now() - Math.floor(random() * 40) * 86_400_000),
    })),
  );
  const at = ports.clock.now();
  for (const userId of ids.slice(0, 5)) {
    const best = await scored(db, { userId, at, limit: 100, seed: 1 });
    const ideal = await scored(db, { userId, at, limit: 5_000, seed: 1 });
    expect(ideal.length).toBeGreaterThan(1_000);
    const found = new Set(best.map((each) => each.userId));
    expect(ideal.slice(0, 100).filter((each) => found.has(each.userId)).length).toBeGreaterThanOrEqual(93);
    // Noise aside, they are scored alike.
    expect(best.every((each) => ideal.some((other) => other.userId === each.userId && other.score === each.score))).toBe(true);
  }
});

test("nobody is found for whoever is unknown, or lacks something", async () => {
  const [bare] = (await addCrowd(db, 1)) as [UserId];
  await db`update profiles set gender = null where user_id = ${bare}`;
  const at = ports.clock.now();
  expect(await retrieve(db, { userId: bare, at, limit: 5, seed: 1 })).toEqual({ missing: ["gender"], userIds: [] });
  expect(await scored(db, { userId: bare, at, limit: 5, seed: 1 })).toEqual([]);
  expect((await retrieve(db, { userId: ports.ids.next<UserId>(), at, limit: 5, seed: 1 })).missing).toHaveLength(4);
});
