import type { EventId, UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { makeWellKnown } from "../discovery/beliefs.fixture.ts";
import { expire } from "../expire/expire.ts";
import { update as setPrefs } from "../notificationPreferences/notificationPreferences.ts";
import { addPhone, phones } from "../notifications/notices.fixture.ts";
import * as notices from "../notifications/notices.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addPeople, type Person } from "../swipes/people.fixture.ts";
import * as swipes from "../swipes/swipes.ts";
import { list, getMostCompatible } from "./dailyPicks.ts";
import { makeDue, PICKS } from "./make.ts";

const db = testDb();
const ports = testPorts(db);
const DAY_MS = 86_400_000;

/** To half past nine of the next day, in UTC, where everybody lives unless said otherwise. */
function nextMorning(hour = 9.5): void {
  const now = ports.clock.now().getTime();
  ports.clock.advance(Math.floor(now / DAY_MS) * DAY_MS + DAY_MS + hour * 3_600_000 - now);
}

// Each test lives on an island of its own, so that nobody of another test is near.
let island = 0;
const newIsland = () => ({ lat: -60 + 8 * island++, lon: 10 });
const people = async (place: Partial<Person>, ...given: Partial<Person>[]) => {
  const userIds = await addPeople(
    db,
    given.map((person) => ({ ...place, activeAt: ports.clock.now(), ...person })),
  );
  await makeWellKnown(db, userIds);
  return userIds;
};
const idsOf = async (userId: UserId, limit = 20) => (await list(ports, { userId, limit })).items.map((card) => card.id);
const partner = async (userId: UserId) => (await getMostCompatible(ports, { userId })).user?.id;
const told = async (userId: UserId) => (await ports.facts("picks.made")).filter((fact) => fact.data.userId === userId).length;
const man = { gender: "man", wants: ["woman"] };
const woman = { gender: "woman", wants: ["man"] };

describe("the daily picks", () => {
  test("are the ten best of those who fit, both ways, until the next morning; and are made once a day, however many run at once", async () => {
    nextMorning();
    const here = newIsland();
    const chess = { interests: ["chess", "rain", "tea", "bread", "radio"], intent: "casual" };
    const [me, alone, ...women] = (await people(
      here,
      { ...man, ...chess },
      { wants: ["nonbinary"] },
      ...Array.from({ length: 10 }, () => ({ ...woman, ...chess })),
      ...Array.from({ length: 10 }, () => woman),
    )) as [UserId, UserId, ...UserId[]];
    await Promise.all([makeDue(ports), makeDue(ports), makeDue(ports)]);
    expect((await idsOf(me)).toSorted()).toEqual(women.slice(0, PICKS).toSorted());
    expect(await idsOf(me, 3)).toEqual((await idsOf(me)).slice(0, 3));
    expect(await idsOf(women[0] as UserId)).toEqual([me]);
    expect(await idsOf(alone)).toEqual([]);
    expect([await told(me), await told(alone)]).toEqual([1, 0]);
    const { expiresAt } = await list(ports, { userId: me, limit: 1 });
    expect(Date.parse(expiresAt ?? "") - ports.clock.now().getTime()).toBeGreaterThan(DAY_MS);
    expect(await makeDue(ports)).toEqual({ people: 0, pairs: 0 });
    nextMorning();
    await makeDue(ports);
    expect(await told(me)).toBe(2);
    expect(await idsOf(me)).toHaveLength(PICKS);
    ports.clock.advance(27 * 3_600_000);
    expect(await list(ports, { userId: me, limit: 20 })).toEqual({ items: [], expiresAt: null });
  });

  test("come in the morning of each time zone, to whoever was active within a week and may be shown", async () => {
    nextMorning();
    const long = new Date(ports.clock.now().getTime() - 8 * DAY_MS);
    const [tokyo, berlin, angeles, sleeper, paused, odd] = (await people(
      newIsland(),
      {},
      {},
      {},
      { activeAt: long },
      { discoverable: false },
      {},
    )) as [UserId, UserId, UserId, UserId, UserId, UserId];
    const live = (userId: UserId, zone: string) => db`update users set time_zone = ${zone} where id = ${userId}`;
    await Promise.all([
      live(tokyo, "Asia/Tokyo"),
      live(berlin, "Europe/Berlin"),
      live(angeles, "America/Los_Angeles"),
      live(odd, "Mars/Olympus"),
    ]);
    await makeDue(ports);
    const all = [tokyo, berlin, angeles, sleeper, paused, odd];
    expect(await Promise.all(all.map(told))).toEqual([1, 1, 0, 0, 0, 1]);
    ports.clock.advance(9 * 3_600_000);
    await makeDue(ports);
    expect(await Promise.all(all.map(told))).toEqual([1, 1, 1, 0, 0, 1]);
  });

  test("show nobody who was swiped, blocked, hidden, suspended or moved since; a rewind brings the swiped back", async () => {
    nextMorning();
    const [me, swiped, blocked, blocker, hidden, suspended, moved, stays] = (await people(
      newIsland(),
      ...Array.from({ length: 8 }, () => ({})),
    )) as [UserId, UserId, UserId, UserId, UserId, UserId, UserId, UserId];
    await makeDue(ports);
    expect(await idsOf(me)).toHaveLength(7);
    const at = ports.clock.now();
    await db`insert into blocks (blocker_id, blocked_id, created_at) values (${me}, ${blocked}, ${at}), (${blocker}, ${me}, ${at})`;
    await db`update profiles set discoverable = false where user_id = ${hidden}`;
    await db`update users set status = 'suspended' where id = ${suspended}`;
    await db`update profiles set lat = lat + 3 where user_id = ${moved}`;
    await swipes.record(ports, { swiperId: me, targetId: swiped, action: "like" });
    expect(await idsOf(me)).toEqual([stays]);
    await swipes.rewind(ports, { swiperId: me });
    expect((await idsOf(me)).toSorted()).toEqual([swiped, stays].toSorted());
  });

  test("what fails in the middle is made whole by the next run", async () => {
    nextMorning();
    const [me, other] = (await people(newIsland(), {}, {})) as [UserId, UserId];
    const emitAll = async () => {
      throw new Error("The disk is full.");
    };
    await expect(makeDue({ ...ports, bus: { ...ports.bus, emitAll } })).rejects.toThrow("The disk is full.");
    expect(await idsOf(me)).toEqual([]);
    await makeDue(ports);
    expect([await idsOf(me), await idsOf(other)]).toEqual([[other], [me]]);
    expect(await partner(me)).toBe(other);
  });
});

describe("the most compatible", () => {
  test("are told each other; those who get on best come first, and nobody is left over who need not be", async () => {
    nextMorning();
    const fit = { interests: ["chess", "rain", "tea", "bread", "radio"] };
    const [ann, bob, cleo, dan] = (await people(newIsland(), { ...woman, ...fit }, { ...man, ...fit }, woman, man)) as [
      UserId,
      UserId,
      UserId,
      UserId,
    ];
    await makeDue(ports);
    expect(await Promise.all([ann, bob, cleo, dan].map(partner))).toEqual([bob, ann, dan, cleo]);
  });

  test("are not the same two again for two weeks, and a pair is over when either is paired anew", async () => {
    nextMorning();
    const [ann, bob, cleo] = (await people(newIsland(), {}, {}, {})) as [UserId, UserId, UserId];
    const everybody = [ann, bob, cleo];
    const seen = new Set<string>();
    for (let day = 0; day < 3; day++) {
      await makeDue(ports);
      const partners = await Promise.all(everybody.map(partner));
      const couple = everybody.filter((_, n) => partners[n] !== undefined);
      expect(couple).toHaveLength(2);
      expect(partners.filter((one) => one !== undefined).toSorted()).toEqual(couple.toSorted());
      seen.add(couple.join(" "));
      nextMorning();
      await db`update users set last_active_at = ${ports.clock.now()} where id = any(${everybody as string[]}::uuid[])`;
    }
    expect(seen.size).toBe(3);
    await makeDue(ports);
    expect(await Promise.all(everybody.map(partner))).toEqual([undefined, undefined, undefined]);
    for (let day = 0; day < 12; day++) nextMorning();
    await db`update users set last_active_at = ${ports.clock.now()} where id = any(${everybody as string[]}::uuid[])`;
    await makeDue(ports);
    expect((await Promise.all(everybody.map(partner))).filter((one) => one !== undefined)).toHaveLength(2);
  });

  test("are gone from each other's sight once one has swiped or blocked the other", async () => {
    nextMorning();
    const [ann, bob] = (await people(newIsland(), {}, {})) as [UserId, UserId];
    await makeDue(ports);
    await swipes.record(ports, { swiperId: ann, targetId: bob, action: "like" });
    expect(await getMostCompatible(ports, { userId: ann })).toEqual({ user: null, expiresAt: null });
    expect(await partner(bob)).toBe(ann);
    await db`insert into blocks (blocker_id, blocked_id, created_at) values (${ann}, ${bob}, ${ports.clock.now()})`;
    expect(await partner(bob)).toBeUndefined();
  });
});

test("the picks notify once, without saying who they are, as somebody wants to be notified", async () => {
  nextMorning();
  const own = { ...ports, push: phones() };
  const [me, off, quiet] = (await people(newIsland(), {}, {}, {})) as [UserId, UserId, UserId];
  for (const userId of [me, off, quiet]) await addPhone(own, userId);
  await setPrefs(own, { userId: off, push: { picks: false } });
  await setPrefs(own, { userId: quiet, quietFrom: "08:00", quietTo: "11:00" });
  await makeDue(ports);
  for (const fact of await ports.facts("picks.made")) {
    if (![me, off, quiet].includes(fact.data.userId)) continue;
    await notices.picked(own, { factId: fact.id, ...fact.data });
    await notices.picked(own, { factId: fact.id, ...fact.data });
  }
  expect(own.push.notes).toMatchObject([{ title: "Your picks for today", token: `token-phone-${me}`, data: { kind: "picks" } }]);
  expect(await db`select user_id from notifications where kind = 'picks' and push_due_at is not null`).toEqual([{ userId: quiet }]);
  expect(await db`select distinct refs, event_count from notifications where kind = 'picks'`).toEqual([{ refs: {}, eventCount: 1 }]);
  ports.clock.advance(27 * 3_600_000);
  const [late] = (await people(newIsland(), {})) as [UserId];
  await notices.picked(own, { factId: ports.ids.next<EventId>(), userId: late });
  expect(await db`select from notifications where user_id = ${late}`).toHaveLength(0);
});

test("what is over is deleted", async () => {
  nextMorning();
  await people(newIsland(), {}, {});
  await makeDue(ports);
  ports.clock.advance(3 * DAY_MS);
  await expire(ports);
  expect(await db`select from daily_picks`).toHaveLength(0);
  expect((await db`select from daily_pairs`).length).toBeGreaterThan(0);
  ports.clock.advance(31 * DAY_MS);
  await expire(ports);
  expect(await db`select from daily_pairs`).toHaveLength(0);
});
