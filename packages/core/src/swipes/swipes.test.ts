import type { EventName } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { Fault } from "../fault.ts";
import { outboxWriter } from "../ports/bus/outbox.ts";
import type { Bus } from "../ports/bus/bus.ts";
import { movableClock } from "../ports/clock/clock.ts";
import type { Tx } from "../ports/db/db.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testIds } from "../ports/ids/testIds.fixture.ts";
import { inlineJudge } from "../ports/judge/inline.fixture.ts";
import * as quotas from "../quotas/quotas.ts";
import { addCrowd, addPeople } from "./people.fixture.ts";
import * as swipes from "./swipes.ts";

const db = testDb({ max: 20 });
const clock = movableClock(new Date("2026-03-10T13:00:00Z"));
const ports = { db, clock, ids: testIds, bus: outboxWriter({ clock, ids: testIds }) as Bus, judge: inlineJudge() };

const swipe = (swiperId: UserId, targetId: UserId, action: "like" | "superlike" | "pass" = "like", more: Partial<swipes.Swipe> = {}) =>
  swipes.record(ports, { swiperId, targetId, action, ...more });

async function two(): Promise<[UserId, UserId]> {
  const [a, b] = await addCrowd(db, 2);
  return [a, b] as [UserId, UserId];
}

async function factsOf(userId: UserId): Promise<EventName[]> {
  const rows = await db<{ type: EventName }[]>`select type from outbox where envelope::text like ${`%${userId}%`} order by id`;
  return rows.map((row) => row.type);
}

async function likesCount(userId: UserId): Promise<number> {
  const [row] = await db<{ likesCount: number }[]>`select likes_count from user_heads where user_id = ${userId}`;
  return row?.likesCount ?? 0;
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const error = await promise.then(
    () => "no fault",
    (thrown: unknown) => thrown,
  );
  if (error instanceof Fault) return error;
  throw new Error(`expected a fault, got ${String(error)}`);
}

describe("PUT /v1/swipes/{targetId}", () => {
  test("a like waits in the other's inbox, counts and is told", async () => {
    const [a, b] = await two();
    expect(await swipe(a, b, "like", { comment: "Nice hat" })).toEqual({
      action: "like",
      matchId: null,
      conversationId: null,
      likesLeft: 49,
      superlikesLeft: 1,
    });
    expect(await likesCount(b)).toBe(1);
    expect(await db`select action, comment from likes_inbox where liked_id = ${b}`).toEqual([{ action: "like", comment: "Nice hat" }]);
    expect(await db`select kind, ref, rev from user_log where user_id = ${b}`).toEqual([{ kind: "like", ref: a, rev: 1 }]);
    expect((await factsOf(a)).toSorted()).toEqual(["like.received", "swipe.recorded"]);
  });

  test("a like writes its two events in one statement, and so does the like that makes a match", async () => {
    const [a, b] = await two();
    const written: string[][] = [];
    const emitAll: Bus["emitAll"] = (tx, events) => {
      written.push(events.map(({ name }) => name));
      return ports.bus.emitAll(tx, events);
    };
    const bus = { emitAll } as Bus;

    await swipes.record({ ...ports, bus }, { swiperId: a, targetId: b, action: "like" });
    await swipes.record({ ...ports, bus }, { swiperId: b, targetId: a, action: "like" });

    expect(written).toEqual([
      ["swipe.recorded", "like.received"],
      ["swipe.recorded", "match.created"],
    ]);
  });

  test("a like back makes one match, one conversation, a log entry each, and no like is left waiting", async () => {
    const [a, b] = await two();
    await swipe(a, b);
    const made = await swipe(b, a);
    expect(made.matchId).not.toBeNull();
    expect(await db`select id from conversations where match_id = ${made.matchId}`).toEqual([{ id: made.conversationId }]);
    expect(await likesCount(b)).toBe(0);
    expect(await db`select 1 from likes_inbox where liked_id in (${a}, ${b})`).toHaveLength(0);
    expect(await db`select user_id from user_log where kind = 'match' and ref = ${made.matchId} order by user_id`).toEqual(
      [a, b].toSorted().map((userId) => ({ userId })),
    );
    expect((await factsOf(a)).toSorted()).toEqual(["like.received", "match.created", "swipe.recorded", "swipe.recorded"]);
    expect(await swipe(a, b)).toMatchObject({ matchId: made.matchId, conversationId: made.conversationId, likesLeft: 49 });
    expect(await swipe(b, a, "superlike")).toMatchObject({ action: "like", matchId: made.matchId, superlikesLeft: 1 });
    expect((await faultOf(swipe(a, b, "pass"))).code).toBe("swipe.matched");
  });

  test("the same swipe again changes nothing, costs nothing and emits nothing", async () => {
    const [a, b] = await two();
    const first = await swipe(a, b);
    const facts = await factsOf(a);
    expect(await swipe(a, b)).toEqual(first);
    expect(await factsOf(a)).toEqual(facts);
    expect(await likesCount(b)).toBe(1);
    await swipe(b, a, "pass");
    expect(await swipe(b, a, "pass")).toMatchObject({ action: "pass", likesLeft: 50 });
    expect(await db`select count(*)::int as n from outbox where envelope -> 'data' ->> 'swiperId' = ${b}`).toEqual([{ n: 1 }]);
  });

  test("a pass may become a like, which is charged; a superlike outdoes a like and is not undone by one", async () => {
    const [a, b] = await two();
    await swipe(a, b, "pass");
    expect(await swipe(a, b, "like")).toMatchObject({ action: "like", likesLeft: 49 });
    expect(await swipe(a, b, "superlike")).toMatchObject({ action: "superlike", likesLeft: 49, superlikesLeft: 0 });
    expect(await swipe(a, b, "like")).toMatchObject({ action: "superlike", likesLeft: 49, superlikesLeft: 0 });
    expect(await db`select action from likes_inbox where liked_id = ${b}`).toEqual([{ action: "superlike" }]);
    expect(await likesCount(b)).toBe(1);
  });

  test("a pass takes a like back, and a like after it still matches", async () => {
    const [a, b] = await two();
    await swipe(a, b);
    await swipe(a, b, "pass");
    expect(await likesCount(b)).toBe(0);
    expect(await swipe(b, a)).toMatchObject({ matchId: null });
    expect((await swipe(a, b)).matchId).not.toBeNull();
    expect(await likesCount(a)).toBe(0);
  });

  test("nobody swipes on themselves, on the unknown, the hidden, the suspended or the blocked", async () => {
    const [a, b] = await two();
    const [hidden, suspended, blocked, blocker] = (await addPeople(db, [{ discoverable: false }, {}, {}, {}])) as [
      UserId,
      UserId,
      UserId,
      UserId,
    ];
    await db`update users set status = 'suspended' where id = ${suspended}`;
    await db`insert into blocks (blocker_id, blocked_id, created_at) values (${a}, ${blocked}, ${clock.now()}), (${blocker}, ${a}, ${clock.now()})`;
    expect((await faultOf(swipe(a, a))).code).toBe("swipe.self");
    for (const target of [testIds.next<UserId>(), hidden, suspended, blocked, blocker]) {
      for (const action of ["like", "pass"] as const) expect((await faultOf(swipe(a, target, action))).code).toBe("profile.notFound");
    }
    expect(await swipe(a, b)).toMatchObject({ likesLeft: 49 });
  });

  test("whoever liked the swiper may be answered while paused", async () => {
    const [a, b] = await two();
    await swipe(b, a);
    await db`update profiles set discoverable = false, visibility = 'paused' where user_id = ${b}`;
    expect((await swipe(a, b)).matchId).not.toBeNull();
  });

  test("a swiper without a profile is told to complete it", async () => {
    const [a, b] = await two();
    await db`update profiles set birth_date = null, discoverable = false where user_id = ${a}`;
    expect((await faultOf(swipe(a, b))).code).toBe("profile.incomplete");
    expect((await faultOf(swipe(a, b, "pass"))).code).toBe("profile.incomplete");
  });

  test("a comment may be about what is on the profile, and nothing else", async () => {
    const [a, b] = await two();
    const promptId = testIds.next<never>();
    await db`insert into prompts (id, user_id, position, question, answer) values (${promptId}, ${b}, 0, 'q', 'a')`;
    expect((await faultOf(swipe(a, b, "like", { comment: "!", on: { mediaId: testIds.next() } }))).code).toBe("input.invalid");
    await swipe(a, b, "like", { comment: "!", on: { promptId } });
    expect(await db`select comment_on from likes_inbox where liked_id = ${b}`).toEqual([{ commentOn: { promptId } }]);
  });

  test("a comment that breaks the rules of profiles is refused, and nothing is swiped", async () => {
    const [a, b] = await two();
    expect((await faultOf(swipe(a, b, "like", { comment: "write to me at jo@example.com" }))).code).toBe("message.refused");
    expect(await db`select 1 from swipe_pairs where ${a} in (lo, hi)`).toEqual([]);
  });

  test("one superlike a day", async () => {
    const [a, b, c] = (await addCrowd(db, 3)) as [UserId, UserId, UserId];
    await swipe(a, b, "superlike");
    const fault = await faultOf(swipe(a, c, "superlike"));
    expect(fault.code).toBe("swipe.quotaSpent");
    expect(fault.resetsAt).toEqual(new Date("2026-03-11T00:00:00Z"));
    expect(await likesCount(c)).toBe(0);
  });

  test("with one like left, one of fifty parallel likes succeeds and 49 hear when to come back", async () => {
    const [swiper] = await addCrowd(db, 1);
    const targets = await addCrowd(db, 99);
    for (const target of targets.slice(0, 49)) await swipe(swiper as UserId, target);
    const answers = await Promise.allSettled(targets.slice(49).map((target) => swipe(swiper as UserId, target)));
    const faults = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as Fault] : []));
    expect(faults).toHaveLength(49);
    for (const fault of faults) expect([fault.code, fault.resetsAt]).toEqual(["swipe.quotaSpent", new Date("2026-03-11T00:00:00Z")]);
    expect(await db`select used from quota_counters where user_id = ${swiper as UserId}`).toEqual([{ used: 50 }]);
    expect(await db`select count(*)::int as n from likes_inbox where liker_id = ${swiper as UserId}`).toEqual([{ n: 50 }]);
    expect((await quotas.get(ports, { userId: swiper as UserId })).likes).toEqual({
      left: 0,
      cap: 50,
      resetsAt: "2026-03-11T00:00:00.000Z",
    });
  });
});

describe("POST /v1/swipes/rewind", () => {
  test("takes the newest swipe back once: quota, inbox, count and log", async () => {
    const [a, b] = await two();
    await swipe(a, b);
    expect(await swipes.rewind(ports, { swiperId: a })).toEqual({ targetId: b, action: "like" });
    expect(await likesCount(b)).toBe(0);
    expect(await db`select rev from user_log where user_id = ${b} and kind = 'like'`).toEqual([{ rev: 2 }]);
    expect((await faultOf(swipes.rewind(ports, { swiperId: a }))).code).toBe("swipe.nothingToRewind");
    const { likes, rewinds } = await quotas.get(ports, { userId: a });
    expect([likes.left, rewinds.left]).toEqual([50, 9]);
    expect((await swipe(b, a)).matchId).toBeNull();
    expect((await swipe(a, b)).matchId).not.toBeNull();
    expect((await faultOf(swipes.rewind(ports, { swiperId: a }))).code).toBe("swipe.matched");
  });

  test("a rewind that the user's other swipes overtake each time is busy, and takes nothing back", async () => {
    const [me, ...others] = (await addCrowd(db, 7)) as [UserId, ...UserId[]];
    await swipe(me, others.pop()!);
    let overtaken = 0;
    // After each look at the newest swipe, the user swipes on someone else.
    const overtaking = {
      ...ports,
      db: new Proxy(db, {
        get: (target, name) =>
          name !== "begin"
            ? (Reflect.get(target, name) as unknown)
            : (work: (tx: Tx) => Promise<unknown>) => db.begin((tx) => work(interrupted(tx))),
      }),
    };
    const interrupted = (tx: Tx): Tx =>
      new Proxy(tx, {
        apply: (target, self, [text, ...values]: [TemplateStringsArray, ...unknown[]]) => {
          const query = Reflect.apply(target, self, [text, ...values]) as Promise<unknown>;
          if (!text[0]?.startsWith("select target_id, action, swiped_at from last_swipes")) return query;
          overtaken++;
          return query.then(async (rows) => (await swipe(me, others.pop()!), rows));
        },
      });

    const fault = await faultOf(swipes.rewind(overtaking, { swiperId: me }));

    expect([fault.code, overtaken]).toEqual(["server.busy", 5]);
    const { likes, rewinds } = await quotas.get(ports, { userId: me });
    expect([likes.left, rewinds.left]).toEqual([44, 10]);
  });

  test("twenty parallel rewinds refund once", async () => {
    const [a, b] = await two();
    const [c] = (await addCrowd(db, 1)) as [UserId];
    await swipe(a, c);
    await swipe(a, b);
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => swipes.rewind(ports, { swiperId: a })));
    const outcomes = answers.map((answer) => (answer.status === "rejected" ? (answer.reason as Fault).code : "done")).toSorted();
    expect(outcomes).toEqual(["done", ...Array.from({ length: 19 }, () => "swipe.nothingToRewind")]);
    const { likes, rewinds } = await quotas.get(ports, { userId: a });
    expect([likes.left, rewinds.left]).toEqual([49, 9]);
    expect(await likesCount(c)).toBe(1);
    expect(await likesCount(b)).toBe(0);
  });

  test("stays undone where no rewind is left", async () => {
    const [a, b] = await two();
    await swipe(a, b, "pass");
    await db`insert into quota_counters (user_id, kind, window_start, used, cap) values (${a}, 'rewind', '2026-03-10T00:00:00Z', 10, 10)`;
    expect((await faultOf(swipes.rewind(ports, { swiperId: a }))).code).toBe("swipe.quotaSpent");
    expect(await db`select lo_action, hi_action from swipe_pairs where ${a} in (lo, hi)`).toEqual([
      a < b ? { loAction: "pass", hiAction: null } : { loAction: null, hiAction: "pass" },
    ]);
  });
});
