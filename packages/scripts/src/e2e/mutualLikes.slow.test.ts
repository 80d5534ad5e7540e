import { type Frame, live } from "@pendo/client/live";
import { expect, test } from "vitest";
import { plantPeople } from "./planted.ts";
import { inParallel, jsonCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();
const COUPLES = 500;
const CONNECTED = 50;

test("500 mutual likes, fired from both sides at once and each retried three times, make 500 matches, each told once to each side", async () => {
  const { db, url } = here.host;
  const people = await plantPeople(here.place, 2 * COUPLES);
  const couples = Array.from({ length: COUPLES }, (_, i) => people.slice(2 * i, 2 * i + 2) as [(typeof people)[0], (typeof people)[0]]);
  const frames = new Map<string, Frame[]>();
  // Both of 25 couples listen.
  const sockets = people.slice(0, CONNECTED).map(({ client, userId }) => {
    const seen: Frame[] = [];
    frames.set(userId, seen);
    return live({ client, onFrame: (frame) => void seen.push(frame) });
  });
  await Promise.all(sockets.map((socket) => socket.ready()));

  const likes = couples.flatMap(([a, b]) =>
    Array.from({ length: 4 }, () => [
      () => jsonCall(url, `PUT /v1/swipes/${b.userId}`, { token: a.token, body: { action: "like" } }),
      () => jsonCall(url, `PUT /v1/swipes/${a.userId}`, { token: b.token, body: { action: "like" } }),
    ]).flat(),
  );
  const answers = await inParallel(64, likes);
  expect(answers.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
  await here.settled();

  const [count] = await db`
    select (select count(*)::int from matches) as matches, (select count(distinct (lo, hi))::int from matches) as couples,
      (select count(*)::int from conversations) as conversations, (select count(*)::int from members) as members,
      (select count(*)::int from user_log where kind = 'match') as logged, (select count(distinct user_id)::int from user_log where kind = 'match') as told,
      (select count(*)::int from notifications where kind = 'match') as notified,
      (select max(event_count)::int from notifications where kind = 'match') as events_max,
      (select sum(used)::int from quota_counters where kind = 'like') as likes_paid, (select count(*)::int from likes_inbox) as likes_waiting,
      (select sum(likes_count)::int from user_heads) as likes_counted,
      (select sum(value)::int from metric_days where name = 'matches') as matches_counted`;
  expect(count).toEqual({
    ...{ matches: COUPLES, couples: COUPLES, conversations: COUPLES, members: 2 * COUPLES, logged: 2 * COUPLES, told: 2 * COUPLES },
    ...{ notified: 2 * COUPLES, eventsMax: 1, likesPaid: 2 * COUPLES, likesWaiting: 0, likesCounted: 0, matchesCounted: COUPLES },
  });
  // Every retry, of either side, was told the same match, unless the other had not answered yet.
  const matchIds = new Set(answers.map(({ text }) => (JSON.parse(text) as { matchId: string | null }).matchId).filter((id) => id !== null));
  expect(matchIds.size).toBe(COUPLES);

  const matchFrames = (userId: string): number => (frames.get(userId) ?? []).filter((frame) => frame.type === "match.created").length;
  await expect.poll(() => [...frames.keys()].every((userId) => matchFrames(userId) > 0), { timeout: 10_000 }).toBe(true);
  expect([...frames.keys()].map(matchFrames)).toEqual(Array.from({ length: CONNECTED }, () => 1));
  for (const socket of sockets) socket.close();
  expect(here.log).toEqual([]);
});
