import { quotas } from "@pendo/contract/quotas";
import type { UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { bringForward } from "../discovery/boosted.ts";
import { readDeck, writeDeck } from "../discovery/decks.ts";
import { reindex } from "../discovery/indexing.ts";
import { listRecommendations } from "../discovery/recommend.ts";
import { makeWellKnown } from "../discovery/beliefs.fixture.ts";
import { retrieve } from "../discovery/ranking.ts";
import { search } from "../discovery/search.ts";
import { expire } from "../expire/expire.ts";
import { Fault } from "../fault.ts";
import { update as setPrefs } from "../notificationPreferences/notificationPreferences.ts";
import { addPhone, newest, phones } from "../notifications/notices.fixture.ts";
import * as notices from "../notifications/notices.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { get as readQuotas } from "../quotas/quotas.ts";
import { addPeople, type Person } from "../swipes/people.fixture.ts";
import * as swipes from "../swipes/swipes.ts";
import * as boosts from "./boosts.ts";

const db = testDb();
const ports = testPorts(db);
const BOOST_MS = 30 * 60_000;

// Each test lives on an island of its own, so that nobody of another test is near.
let island = 0;
const newIsland = () => ({ lat: -60 + 8 * island++, lon: 10 });
const people = async (place: Partial<Person>, ...given: Partial<Person>[]) =>
  await addPeople(
    db,
    given.map((person) => ({ ...place, activeAt: ports.clock.now(), ...person })),
  );

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (fault: unknown) => (fault instanceof Fault ? { code: fault.code, resetsAt: fault.resetsAt } : String(fault)),
  );
const told = async (type: "boost.started" | "boost.ended", userId: UserId) =>
  (await ports.facts(type)).filter((fact) => fact.data.userId === userId).length;

/** To the first moment of the next window, so that a test's month does not end within it. */
function nextMonth(): void {
  const windowMs = quotas.boost.windowSec * 1000;
  ports.clock.advance(windowMs - (ports.clock.now().getTime() % windowMs));
}

describe("POST /v1/boosts", () => {
  test("starts one for half an hour; asked again, twenty times at once, it answers the same and costs nothing", async () => {
    nextMonth();
    const [me] = (await people(newIsland(), {})) as [UserId];
    expect(await boosts.getCurrent(ports, { userId: me })).toEqual({ boost: null });
    const all = await Promise.all(Array.from({ length: 20 }, () => boosts.start(ports, { userId: me })));
    const [first] = all as [boosts.Boost];
    expect(new Set(all.map((boost) => JSON.stringify(boost))).size).toBe(1);
    expect(Date.parse(first.expiresAt) - Date.parse(first.startedAt)).toBe(BOOST_MS);
    expect(await boosts.getCurrent(ports, { userId: me })).toEqual({ boost: first });
    expect(await told("boost.started", me)).toBe(1);
    expect((await readQuotas(ports, { userId: me })).boosts).toMatchObject({ left: 0, cap: 1 });
  });

  test("one is free in thirty days: the next answers boost.quotaSpent, until they have passed", async () => {
    nextMonth();
    const [me] = (await people(newIsland(), {})) as [UserId];
    const first = await boosts.start(ports, { userId: me });
    ports.clock.advance(BOOST_MS);
    expect(await boosts.getCurrent(ports, { userId: me })).toEqual({ boost: null });
    const { resetsAt } = (await readQuotas(ports, { userId: me })).boosts;
    expect(await refusal(boosts.start(ports, { userId: me }))).toEqual({ code: "boost.quotaSpent", resetsAt: new Date(resetsAt ?? 0) });
    ports.clock.advance(20 * 86_400_000);
    await expire(ports);
    expect(await refusal(boosts.start(ports, { userId: me }))).toMatchObject({ code: "boost.quotaSpent" });
    // Nobody told of the first one's end yet, which does not stand in the way of the second.
    nextMonth();
    expect((await boosts.start(ports, { userId: me })).id).not.toBe(first.id);
    expect(await told("boost.ended", me)).toBe(1);
  });

  test("is refused to whoever is shown to nobody, and costs them nothing", async () => {
    const [me] = (await people(newIsland(), { discoverable: false })) as [UserId];
    expect(await refusal(boosts.start(ports, { userId: me }))).toMatchObject({ code: "profile.notShown" });
    expect((await readQuotas(ports, { userId: me })).boosts.left).toBe(1);
  });
});

describe("the boosted", () => {
  test("come before others who are alike, but neither before a like that waits nor from far away, and only while it runs", async () => {
    const here = newIsland();
    const ids = await people(here, {}, {}, {}, {}, {}, {}, { lat: here.lat + 0.4 });
    const [me, near, liker] = ids as [UserId, UserId, UserId];
    const far = ids.at(-1) as UserId;
    await makeWellKnown(db, ids);
    await swipes.record(ports, { swiperId: liker, targetId: me, action: "like" });
    const ranked = async (seed: number) => (await retrieve(db, { userId: me, at: ports.clock.now(), limit: 10, seed })).userIds;
    const places = async () => {
      const all = await Promise.all(Array.from({ length: 20 }, (_, seed) => ranked(seed)));
      expect(all.every((one) => one.length === 6 && one[0] === liker)).toBe(true);
      return { near: new Set(all.map((one) => one.indexOf(near))), far: new Set(all.map((one) => one.indexOf(far))) };
    };
    expect((await places()).near.size).toBeGreaterThan(1);
    await boosts.start(ports, { userId: near });
    await boosts.start(ports, { userId: far });
    expect(await places()).toEqual({ near: new Set([1]), far: new Set([5]) });
    ports.clock.advance(BOOST_MS);
    expect((await places()).near.size).toBeGreaterThan(1);
  });

  test("come to the first page of decks made before, of whoever was here today and may still meet them", async () => {
    const here = newIsland();
    const long = new Date(ports.clock.now().getTime() - 3 * 86_400_000);
    const [me, looker, away, swiper, unwilling, noDeck] = (await people(here, {}, {}, { activeAt: long }, {}, { wants: ["man"] }, {})) as [
      UserId,
      UserId,
      UserId,
      UserId,
      UserId,
      UserId,
    ];
    const crowd = await addPeople(
      db,
      Array.from({ length: 30 }, () => ({ ...here, activeAt: long })),
    );
    const deck = [...crowd, me];
    for (const userId of [looker, away, swiper, unwilling]) await writeDeck(ports.cache, userId, deck);
    await swipes.record(ports, { swiperId: swiper, targetId: me, action: "pass" });
    expect(await bringForward(ports, { userId: me })).toBe(0);
    await boosts.start(ports, { userId: me });
    expect(await bringForward(ports, { userId: me })).toBe(1);
    const after = (await readDeck(ports.cache, looker)) ?? [];
    expect(after.indexOf(me)).toBeLessThan(10);
    expect(after.filter((id) => id !== me)).toEqual(crowd);
    for (const userId of [away, swiper, unwilling]) expect(await readDeck(ports.cache, userId)).toEqual(deck);
    expect(await readDeck(ports.cache, noDeck)).toBeNull();
    ports.clock.advance(BOOST_MS);
    await writeDeck(ports.cache, looker, deck);
    expect(await bringForward(ports, { userId: me })).toBe(0);
  });
});

describe("a boost that is over", () => {
  /** Somebody whose boost so many others saw; answers the fact of its end. */
  async function seenBy(count: number, after: () => Promise<void> = async () => {}) {
    const here = newIsland();
    const [me, ...viewers] = (await people(here, ...Array.from({ length: count + 2 }, () => ({})))) as [UserId, ...UserId[]];
    const looks = (userId: UserId) => listRecommendations(ports, { userId, limit: 20 });
    // Seen before and after it counts for nothing.
    await Promise.all(viewers.slice(count).map(looks));
    const { id } = await boosts.start(ports, { userId: me });
    await reindex(ports, [me]);
    await Promise.all(viewers.slice(0, count).flatMap((userId) => [looks(userId), looks(userId)]));
    if (count > 0) await search(ports, { userId: viewers[0] as UserId, text: "", limit: 20 });
    await looks(me);
    ports.clock.advance(BOOST_MS);
    await Promise.all(viewers.map(looks));
    await after();
    await Promise.all([boosts.endDue(ports), boosts.endDue(ports), boosts.endDue(ports)]);
    expect(await told("boost.ended", me)).toBe(1);
    const [fact] = (await ports.facts("boost.ended")).filter((one) => one.data.userId === me);
    if (!fact) throw new Error("Nothing was told.");
    return { me, viewers, id, fact: { factId: fact.id, ...fact.data } };
  }

  test("notifies of how many saw it, each counted once, and keeps nothing of who they were", async () => {
    const own = { ...ports, push: phones() };
    const { me, viewers, id, fact } = await seenBy(3);
    expect(await db`select seen, ended_at is not null as told from boosts where id = ${id}`).toEqual([{ seen: 3, told: true }]);
    expect(await db`select from boost_views`).toHaveLength(0);
    await addPhone(own, me);
    await notices.boostEnded(own, fact);
    await notices.boostEnded(own, fact);
    expect(own.push.notes).toMatchObject([
      { title: "Your boost is over", body: "3 people saw you.", data: { kind: "boost", boostId: id } },
    ]);
    const rows = await db<{ refs: unknown; eventCount: number }[]>`select refs, event_count from notifications where user_id = ${me}`;
    expect(rows).toEqual([{ refs: { boostId: id, seen: 3 }, eventCount: 1 }]);
    const said = JSON.stringify([own.push.notes, rows, await newest(ports, "boost.ended")]);
    expect(viewers.filter((userId) => said.includes(userId))).toEqual([]);
  });

  test.each([
    [0, "Nobody came by this time."],
    [1, "One person saw you."],
  ])("seen by %d says so", async (count, body) => {
    const own = { ...ports, push: phones() };
    const { me, fact } = await seenBy(count);
    await addPhone(own, me);
    await notices.boostEnded(own, fact);
    expect(own.push.notes).toMatchObject([{ body }]);
  });

  test("is not pushed where that is switched off, and waits for the end of quiet hours", async () => {
    const own = { ...ports, push: phones() };
    const [off, quiet] = [await seenBy(0), await seenBy(0)];
    for (const { me } of [off, quiet]) await addPhone(own, me);
    await setPrefs(own, { userId: off.me, push: { boost: false } });
    const hour = (more: number) => new Date(ports.clock.now().getTime() + more * 3_600_000).toISOString().slice(11, 16);
    await setPrefs(own, { userId: quiet.me, quietFrom: hour(-1), quietTo: hour(1) });
    for (const { fact } of [off, quiet]) await notices.boostEnded(own, fact);
    expect(own.push.notes).toEqual([]);
    const due = await db`select user_id from notifications where push_due_at is not null and kind = 'boost'`;
    expect(due).toEqual([{ userId: quiet.me }]);
  });

  test("is kept for a month", async () => {
    const { id } = await seenBy(0);
    ports.clock.advance(29 * 86_400_000);
    await expire(ports);
    expect(await db`select from boosts where id = ${id}`).toHaveLength(1);
    ports.clock.advance(2 * 86_400_000);
    await expire(ports);
    expect(await db`select from boosts where id = ${id}`).toHaveLength(0);
  });
});
