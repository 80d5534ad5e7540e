import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import { seeded } from "@pendo/engine/random";
import { expect, test } from "vitest";
import { Fault } from "../fault.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addPeople } from "../swipes/people.fixture.ts";
import * as swipes from "../swipes/swipes.ts";
import { learnFrom, type ActingPair } from "./learn.ts";
import { scored } from "./ranking.ts";

const db = testDb();
const ports = testPorts(db);
const PEOPLE = 60;
// A noon, so that no test runs over midnight.
const DAY_MS = 86_400_000;
ports.clock.advance(DAY_MS - ((ports.clock.now().getTime() - DAY_MS / 2) % DAY_MS));

/** A town in which people have swiped for some days, and what that taught is learned. */
async function town(seed: number): Promise<UserId[]> {
  const random = seeded(seed);
  await db`delete from users`;
  const people = await addPeople(
    db,
    Array.from({ length: PEOPLE }, () => ({
      interests: [["jazz"], ["chess", "film"], []][Math.floor(random() * 3)] ?? [],
      lat: 52.45 + random() * 0.1,
      lon: 13.3 + random() * 0.1,
    })),
  );
  const pairs: ActingPair[] = [];
  for (let i = 0; i < 300; i++) {
    const [from, to] = [people[Math.floor(random() * PEOPLE)], people[Math.floor(random() * PEOPLE)]] as [UserId, UserId];
    if (from === to) continue;
    await swipe(from, to, random() < 0.4 ? "like" : "pass");
    pairs.push([from, to]);
  }
  ports.clock.advance(DAY_MS);
  await learnFrom(ports, { swiped: pairs, replied: [] });
  return people;
}

async function swipe(swiperId: UserId, targetId: UserId, action: SwipeAction): Promise<void> {
  await swipes.record(ports, { swiperId, targetId, action }).catch((error: unknown) => {
    // A match that is there, or a quota that is spent: the next one goes on.
    if (!(error instanceof Fault)) throw error;
  });
}

/** The decks of these viewers, with scores; the seed decides the noise. */
const decks = (viewers: readonly UserId[]) =>
  Promise.all(viewers.map((userId) => scored(db, { userId, at: ports.clock.now(), limit: 100, seed: 7 })));

for (const seed of [1, 2, 3])
  test(`a pass changes no order and no score in the deck of any other user, with seed ${seed}`, async () => {
    const people = await town(seed);
    const viewers = people.slice(0, 8);

    const before = await decks(viewers);
    // Of those who have not answered yet: a pass in the place of a like takes the like's weight away.
    const liked = await db<{ from: UserId; to: UserId }[]>`select liker_id as from, liked_id as to from likes_inbox`;
    const likes = new Set(liked.map(({ from, to }) => from + to));
    const passes = viewers.flatMap((viewer, at) =>
      (before[at] ?? [])
        .filter(({ userId }, place) => place % 5 === 0 && !viewers.includes(userId) && !likes.has(userId + viewer))
        .map(({ userId }): ActingPair => [userId, viewer]),
    );
    for (const [from, to] of passes) await swipe(from, to, "pass");
    await learnFrom(ports, { swiped: passes, replied: [] });

    expect(passes.length).toBeGreaterThan(5);
    expect(await decks(viewers)).toEqual(before);
  });
