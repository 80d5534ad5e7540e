import { setTimeout as sleep } from "node:timers/promises";
import type { UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { Fault } from "../fault.ts";
import * as matches from "../matches/matches.ts";
import { outboxWriter } from "../ports/bus/outbox.ts";
import type { Bus } from "../ports/bus/bus.ts";
import { movableClock } from "../ports/clock/clock.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testIds } from "../ports/ids/testIds.fixture.ts";
import { inlineJudge } from "../ports/judge/inline.fixture.ts";
import { testRandom } from "@pendo/engine/testSeed.fixture";
import { addCrowd } from "./people.fixture.ts";
import * as swipes from "./swipes.ts";

const db = testDb({ max: 20 });
const clock = movableClock(new Date("2026-03-10T13:00:00Z"));
const ports = { db, clock, ids: testIds, bus: outboxWriter({ clock, ids: testIds }) as Bus, judge: inlineJudge() };

const swipe = (swiperId: UserId, targetId: UserId, action: "like" | "superlike" | "pass" = "like") =>
  swipes.record(ports, { swiperId, targetId, action });

test("500 mutual likes, each sent three times from both sides at once, make exactly 500 matches and conversations", async () => {
  const people = await addCrowd(db, 1000);
  const since = testIds.next<string>();
  const pairs = Array.from({ length: 500 }, (_, i) => [people[2 * i], people[2 * i + 1]] as [UserId, UserId]);
  const answers = await Promise.all(
    pairs.flatMap(([a, b]) => [swipe(a, b), swipe(b, a), swipe(a, b), swipe(b, a), swipe(b, a), swipe(a, b)]),
  );
  const ids = people;
  const [counted] = await db`
    select (select count(*) from matches where lo = any(${ids}::uuid[]))::int as matches,
      (select count(*) from conversations c join matches m on m.id = c.match_id where m.lo = any(${ids}::uuid[]))::int as conversations,
      (select count(*) from members where user_id = any(${ids}::uuid[]))::int as members,
      (select count(*) from outbox where type = 'match.created' and id > ${since})::int as facts,
      (select count(distinct envelope -> 'data' ->> 'matchId') from outbox where type = 'match.created' and id > ${since})::int as told,
      (select count(*) from outbox where type = 'swipe.recorded' and id > ${since})::int as swipes,
      (select count(*) from user_log where kind = 'match' and user_id = any(${ids}::uuid[]))::int as entries,
      (select count(*) from likes_inbox where liked_id = any(${ids}::uuid[]))::int as waiting,
      (select sum(likes_count) from user_heads where user_id = any(${ids}::uuid[]))::int as likes,
      (select sum(used) from quota_counters where user_id = any(${ids}::uuid[]))::int as charged`;
  expect(counted).toEqual({
    matches: 500,
    conversations: 500,
    members: 1000,
    facts: 500,
    told: 500,
    swipes: 1000,
    entries: 1000,
    waiting: 0,
    likes: 0,
    charged: 1000,
  });
  expect(new Set(answers.flatMap((answer) => answer.matchId ?? [])).size).toBe(500);
});

test("looking for the other's like after inserting one's own loses matches, which is why one row decides", async () => {
  await db`create table naive_likes (liker uuid, liked uuid, primary key (liker, liked))`;
  const naive = (liker: string, liked: string) =>
    db.begin(async (tx) => {
      await tx`insert into naive_likes values (${liker}, ${liked})`;
      return (await tx`select 1 from naive_likes where liker = ${liked} and liked = ${liker}`).length > 0;
    });
  let lost = 0;
  for (let i = 0; i < 200; i++) {
    const [a, b] = [testIds.next<string>(), testIds.next<string>()];
    const saw = await Promise.all([naive(a, b), naive(b, a)]);
    if (!saw.includes(true)) lost++;
  }
  expect(lost).toBeGreaterThan(0);
});

test("everybody of a crowd likes everybody at once, and ends every match at once, without a deadlock", async () => {
  const people = await addCrowd(db, 14);
  const answers = await Promise.all(people.flatMap((a) => people.filter((b) => b !== a).map((b) => swipe(a, b))));
  const made = answers.flatMap((answer) => answer.matchId ?? []);
  expect(made).toHaveLength(91);
  expect(await db`select sum(likes_count)::int as n from user_heads where user_id = any(${people}::uuid[])`).toEqual([{ n: 0 }]);
  const matched = await db<{ id: never; lo: UserId; hi: UserId }[]>`select id, lo, hi from matches where lo = any(${people}::uuid[])`;
  await Promise.all(matched.flatMap(({ id, lo, hi }) => [lo, hi].map((endedBy) => matches.end(ports, { matchId: id, endedBy }))));
  expect(
    await db`select count(*)::int as n from outbox where type = 'match.ended' and envelope -> 'data' ->> 'matchId' = any(${made})`,
  ).toEqual([{ n: 91 }]);
});

test("a match waits for the lower head before it takes the higher one, whoever made it", async () => {
  for (const lastIsLower of [true, false]) {
    const [lower, higher] = (await addCrowd(db, 2)).toSorted() as [UserId, UserId];
    const [first, last] = lastIsLower ? [higher, lower] : [lower, higher];
    await db`insert into user_heads (user_id) values (${lower}), (${higher})`;
    await swipe(first, last);
    let made: Promise<swipes.Recorded> | undefined;
    await db.begin(async (tx) => {
      await tx`select 1 from user_heads where user_id = ${lower} for update`;
      made = swipe(last, first);
      while ((await db`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).length === 0)
        await sleep(5);
      expect(await tx`select 1 from user_heads where user_id = ${higher} for update nowait`).toHaveLength(1);
    });
    expect((await made)?.matchId).toBeTypeOf("string");
  }
});

test("random swipes, rewinds, unmatches and blocks among few people never deadlock, and every count stays true", async () => {
  const random = testRandom();
  const everybody: UserId[] = [];
  let people: UserId[] = [];
  const pick = () => people[Math.floor(random() * people.length)] as UserId;
  const seen = new Set<string>();
  const act = async (): Promise<void> => {
    const [a, b] = [pick(), pick()];
    const dice = random();
    try {
      if (dice < 0.4) await swipe(a, b);
      else if (dice < 0.65) await swipe(a, b, "pass");
      else if (dice < 0.75) await swipe(a, b, "superlike");
      else if (dice < 0.95) await swipes.rewind(ports, { swiperId: a });
      else if (dice < 0.98) await unmatchOne(a);
      else if (a !== b) await block(a, b);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      seen.add(error.code);
    }
  };
  // Matches and blocks are for good, so each round has people of its own.
  for (let round = 0; round < 8; round++) {
    people = await addCrowd(db, 5);
    everybody.push(...people);
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let i = 0; i < 12; i++) {
          await act();
          // One row a statement: a statement over several would take their locks in an order of its own.
          const kind = ["like", "superlike", "rewind"][i % 3] as string;
          if (i % 4 === 0) await db`delete from quota_counters where user_id = ${pick()} and kind = ${kind}`;
        }
      }),
    );
  }
  const wrongCounts = await db`
    select h.user_id from user_heads h
    where h.user_id = any(${everybody}::uuid[])
      and h.likes_count <> (select count(*) from likes_inbox l where l.liked_id = h.user_id)`;
  expect(wrongCounts).toEqual([]);
  const strayLikes = await db`
    select 1 from likes_inbox l left join swipe_pairs p on p.lo = least(l.liked_id, l.liker_id) and p.hi = greatest(l.liked_id, l.liker_id)
    where l.liked_id = any(${everybody}::uuid[]) and (case when l.liker_id = p.lo then p.lo_action else p.hi_action end) is distinct from l.action`;
  expect(strayLikes).toEqual([]);
  const unmatched = await db`
    select 1 from swipe_pairs p where p.lo = any(${everybody}::uuid[]) and p.lo_action in ('like', 'superlike') and p.hi_action in ('like', 'superlike')
      and (select count(*) from matches m where m.lo = p.lo and m.hi = p.hi) <> 1`;
  expect(unmatched).toEqual([]);
  expect(
    await db`
    select 1 from matches m join blocks b on b.blocker_id in (m.lo, m.hi) and b.blocked_id in (m.lo, m.hi) where m.ended_at is null`,
  ).toEqual([]);
  expect(
    await db`
    select 1 from likes_inbox l join blocks b on b.blocker_id in (l.liked_id, l.liker_id) and b.blocked_id in (l.liked_id, l.liker_id)`,
  ).toEqual([]);
  expect([...seen]).toContain("swipe.self");
});

async function unmatchOne(userId: UserId): Promise<void> {
  const [match] = await db<{ id: never }[]>`select id from matches where ${userId} in (lo, hi) and ended_at is null limit 1`;
  if (match) await matches.end(ports, { matchId: match.id, endedBy: userId });
}

async function block(a: UserId, b: UserId): Promise<void> {
  await db.begin(async (tx) => {
    await matches.endBetween(tx, ports.bus, { a, b, endedBy: a, at: clock.now() });
    await tx`insert into blocks (blocker_id, blocked_id, created_at) values (${a}, ${b}, ${clock.now()}) on conflict do nothing`;
  });
}
