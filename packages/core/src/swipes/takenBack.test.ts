import type { UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import * as blocks from "../blocks/blocks.ts";
import { person } from "../conversations/couple.fixture.ts";
import * as matches from "../matches/matches.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as profiles from "../profiles/profiles.ts";
import * as quotas from "../quotas/quotas.ts";
import * as swipes from "./swipes.ts";

const db = testDb();
const ports = testPorts(db);

async function two(): Promise<[UserId, UserId]> {
  const [a, b] = [await person(ports), await person(ports)];
  await db`update profiles set discoverable = true where user_id in (${a}, ${b})`;
  return [a, b];
}

const swipe = (swiperId: UserId, targetId: UserId, action: "like" | "superlike" | "pass") =>
  swipes.record(ports, { swiperId, targetId, action });
const left = async (userId: UserId) => {
  const { likes, superlikes } = await quotas.get(ports, { userId });
  return { likes: likes.left, superlikes: superlikes.left };
};

test("a pass that takes a like back returns its cost once per target and day", async () => {
  const [a, b] = await two();

  await swipe(a, b, "like");
  const first = await swipe(a, b, "pass");
  await swipe(a, b, "like");
  const second = await swipe(a, b, "pass");

  expect(first.likesLeft).toBe(50);
  expect(second.likesLeft).toBe(49);
  expect(await left(a)).toEqual({ likes: 49, superlikes: 1 });
});

test("a pass that takes a superlike back returns the superlike", async () => {
  const [a, b] = await two();

  await swipe(a, b, "superlike");
  const { superlikesLeft } = await swipe(a, b, "pass");

  expect(superlikesLeft).toBe(1);
  expect(await left(a)).toEqual({ likes: 50, superlikes: 1 });
});

test("a rewind and a pass share the one return per target and day", async () => {
  const [a, b] = await two();

  await swipe(a, b, "like");
  await swipes.rewind(ports, { swiperId: a });
  await swipe(a, b, "like");
  await swipe(a, b, "pass");

  expect((await left(a)).likes).toBe(49);
});

test("each target has its own return, and the next day has another one", async () => {
  const [a, b] = await two();
  const [c] = await two();

  for (const target of [b, c]) {
    await swipe(a, target, "like");
    await swipe(a, target, "pass");
  }
  expect((await left(a)).likes).toBe(50);
  ports.clock.advance(24 * 3_600_000);
  await swipe(a, b, "like");

  expect((await swipe(a, b, "pass")).likesLeft).toBe(50);
});

test("a like of an earlier window returns nothing to the running one", async () => {
  const [a, b] = await two();
  await swipe(a, b, "like");
  ports.clock.advance(24 * 3_600_000);
  const [c] = await two();
  await swipe(a, c, "like");

  expect((await swipe(a, b, "pass")).likesLeft).toBe(49);
});

const takingBack = [
  ["a rewind", (a: UserId) => swipes.rewind(ports, { swiperId: a })],
  ["a pass", (a: UserId, c: UserId) => swipe(a, c, "pass")],
] as const;

test.for(takingBack)("%s returns the like to the window that it was charged to, and to no other", async ([, takeBack]) => {
  const [a, b] = await two();
  const [c] = await two();
  await swipe(a, b, "like");
  ports.clock.advance(24 * 3_600_000);
  await swipe(a, c, "like");

  await takeBack(a, c);

  const windows = await db`select used from quota_counters where user_id = ${a} and kind = 'like' order by window_start`;
  expect(windows).toEqual([{ used: 1 }, { used: 0 }]);
});

test("a block removes the likes of both for good: after it is lifted, one like makes no match", async () => {
  const [a, b] = await two();
  await swipe(b, a, "like");

  await blocks.create(ports, { blockerId: a, userId: b });
  await blocks.remove(ports, { blockerId: a, userId: b });
  const answer = await swipe(a, b, "like");

  expect(answer).toMatchObject({ action: "like", matchId: null });
  expect((await swipe(b, a, "like")).matchId).not.toBeNull();
});

test("after an unmatch neither user can read the profile of the other, even where it is discoverable", async () => {
  const [a, b] = await two();
  await swipe(a, b, "like");
  const { matchId } = await swipe(b, a, "like");
  expect((await profiles.get(ports, { viewerId: a, userId: b })).id).toBe(b);

  if (matchId) await matches.end(ports, { matchId, endedBy: a });

  for (const [viewerId, userId] of [
    [a, b],
    [b, a],
  ] as const) {
    await expect(profiles.get(ports, { viewerId, userId })).rejects.toMatchObject({ code: "profile.notFound" });
  }
});
