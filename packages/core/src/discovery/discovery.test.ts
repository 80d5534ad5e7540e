import type { UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { Fault } from "../fault.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addCrowd, addPeople, type Person } from "../swipes/people.fixture.ts";
import * as swipes from "../swipes/swipes.ts";
import { makeWellKnown } from "./beliefs.fixture.ts";
import { forgetDecks, readDeck, refill, writeDeck } from "./decks.ts";
import { reindex } from "./indexing.ts";
import { listRecommendations } from "./recommend.ts";
import { retrieve } from "./ranking.ts";
import { search } from "./search.ts";
import { VIEWS_PER_DAY } from "./views.ts";

const db = testDb();
const ports = testPorts(db);

// Each test lives on an island of its own, so that nobody of another test is near.
let island = 0;
const here = (): Pick<Person, "lat" | "lon"> => ({ lat: -60 + island, lon: 10 });
const newIsland = () => void (island += 8);

async function people(...given: Partial<Person>[]): Promise<UserId[]> {
  return await addPeople(
    db,
    given.map((person) => ({ ...here(), ...person })),
  );
}

const shownTo = async (userId: UserId, limit = 20) => (await listRecommendations(ports, { userId, limit })).items.map((card) => card.id);
const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) =>
      error instanceof Fault ? { code: error.code, fields: error.fields, resetsAt: error.resetsAt } : { code: String(error) },
  );

describe("GET /v1/discovery/recommendations", () => {
  test("shows exactly those whom one wants and who want one", async () => {
    newIsland();
    const today = ports.clock.now().toISOString().slice(5, 10);
    const year = ports.clock.now().getUTCFullYear();
    const [me] = (await people({
      gender: "man",
      wants: ["woman"],
      birthDate: `${year - 30}-${today}`,
      ageMin: 25,
      ageMax: 35,
      radiusKm: 40,
      intent: "casual",
      intents: ["casual", "unsure"],
    })) as [UserId];
    const fits: Partial<Person> = { gender: "woman", wants: ["man"], birthDate: `${year - 28}-01-01`, intent: "casual", radiusKm: 40 };
    const kmNorth = (km: number) => ({ lat: here().lat + km / 111.2 });
    const yes = await people(
      fits,
      { ...fits, birthDate: `${year - 25}-${today}` },
      { ...fits, ageMin: 30, ageMax: 30 },
      { ...fits, intents: ["casual"] },
      { ...fits, intent: "unsure" },
      { ...fits, ...kmNorth(39) },
    );
    const tomorrow = new Date(ports.clock.now().getTime() + 86_400_000).toISOString().slice(5, 10);
    await people(
      { ...fits, gender: "man" },
      { ...fits, wants: ["woman", "nonbinary"] },
      { ...fits, birthDate: `${year - 25}-${tomorrow}` },
      { ...fits, birthDate: `${year - 36}-${today}` },
      { ...fits, ageMin: 31 },
      { ...fits, ageMax: 29 },
      { ...fits, intent: "relationship" },
      { ...fits, intent: null },
      { ...fits, intents: ["relationship"] },
      { ...fits, ...kmNorth(41) },
      { ...fits, ...kmNorth(30), radiusKm: 29 },
      { ...fits, discoverable: false },
    );
    expect((await shownTo(me)).toSorted()).toEqual(yes.toSorted());
  });

  test("the same people come back until they are swiped, blocked, hidden or suspended", async () => {
    newIsland();
    const [me, liked, passed, blocked, blocker, hidden, suspended, ...rest] = (await people(...Array.from({ length: 12 }, () => ({})))) as [
      UserId,
      UserId,
      UserId,
      UserId,
      UserId,
      UserId,
      UserId,
      ...UserId[],
    ];
    const first = await shownTo(me);
    expect(first).toHaveLength(11);
    expect(await shownTo(me)).toEqual(first);
    await swipes.record(ports, { swiperId: me, targetId: liked, action: "like" });
    await swipes.record(ports, { swiperId: me, targetId: passed, action: "pass" });
    await db`insert into blocks (blocker_id, blocked_id, created_at) values (${me}, ${blocked}, ${ports.clock.now()}), (${blocker}, ${me}, ${ports.clock.now()})`;
    await db`update profiles set discoverable = false where user_id = ${hidden}`;
    await db`update users set status = 'suspended' where id = ${suspended}`;
    expect(await shownTo(me)).toEqual(first.filter((id) => rest.includes(id)));
    await forgetDecks(ports.cache, me);
    expect((await shownTo(me)).toSorted()).toEqual(rest.toSorted());
  });

  test("a deck made before somebody changed what they are or want shows only who still fits, both ways", async () => {
    newIsland();
    const [me, moved, aged, choosy, stays] = (await people({}, {}, {}, {}, {})) as [UserId, UserId, UserId, UserId, UserId];
    expect(await shownTo(me)).toHaveLength(4);
    await db`update profiles set lat = lat + 3 where user_id = ${moved}`;
    await db`update profiles set birth_date = '1950-01-01' where user_id = ${aged}`;
    await db`update preferences set genders = '{man}' where user_id = ${choosy}`;
    await db`update preferences set age_max = 60 where user_id = ${me}`;
    expect(await shownTo(me)).toEqual([stays]);
  });

  test("somebody passed on comes back after thirty days, a like and an ended match never", async () => {
    newIsland();
    const [me, passed, liked] = (await people({}, {}, {})) as [UserId, UserId, UserId];
    await swipes.record(ports, { swiperId: me, targetId: passed, action: "pass" });
    await swipes.record(ports, { swiperId: me, targetId: liked, action: "like" });
    expect(await shownTo(me)).toEqual([]);
    const later = new Date(ports.clock.now().getTime() + 31 * 86_400_000);
    expect((await retrieve(db, { userId: me, at: later, limit: 10, seed: 1 })).userIds).toEqual([passed]);
  });

  test("asks for a refill once while the deck is low, and fills an empty deck at once", async () => {
    newIsland();
    const [me, ...others] = (await people(...Array.from({ length: 40 }, () => ({})))) as [UserId, ...UserId[]];
    await writeDeck(ports.cache, me, others.slice(0, 12));
    await Promise.all([shownTo(me, 10), shownTo(me, 10), shownTo(me, 10)]);
    const asked = async () => (await ports.facts("deck.low")).filter((fact) => fact.data.userId === me).length;
    expect(await asked()).toBe(1);
    await refill(ports, { userId: me });
    expect(await readDeck(ports.cache, me)).toHaveLength(39);
    await writeDeck(ports.cache, me, others.slice(0, 12));
    await shownTo(me, 10);
    expect(await asked()).toBe(2);
    for (const other of others.slice(0, 12)) await swipes.record(ports, { swiperId: me, targetId: other, action: "pass" });
    expect(await shownTo(me, 20)).toHaveLength(20);
    expect(await readDeck(ports.cache, me)).toHaveLength(27);
  });

  test("finds those behind a head that was swiped away", async () => {
    newIsland();
    const [me, ...others] = (await people(...Array.from({ length: 36 }, () => ({})))) as [UserId, ...UserId[]];
    await writeDeck(ports.cache, me, others);
    for (const other of others.slice(0, 30)) await swipes.record(ports, { swiperId: me, targetId: other, action: "pass" });
    expect(await shownTo(me, 5)).toEqual(others.slice(30));
    expect(await readDeck(ports.cache, me)).toEqual(others.slice(30));
  });

  test("an incomplete profile hears what is missing", async () => {
    newIsland();
    const [me] = (await people({})) as [UserId];
    await db`update profiles set lat = null, lon = null, gender = null, discoverable = false where user_id = ${me}`;
    const fault = { code: "profile.incomplete", fields: { "/gender": "is missing", "/location": "is missing" } };
    expect(await faultOf(shownTo(me))).toMatchObject(fault);
    await writeDeck(ports.cache, me, await addCrowd(db, 1));
    expect(await faultOf(shownTo(me))).toMatchObject(fault);
  });

  test("a scraper is stopped for the day", async () => {
    newIsland();
    const [me] = (await people({})) as [UserId];
    for (let i = 0; i < VIEWS_PER_DAY; i++) await ports.cache.hit(`views:${me}`, VIEWS_PER_DAY, 86_400);
    const fault = await faultOf(shownTo(me));
    expect(fault).toMatchObject({ code: "discovery.viewsSpent" });
    expect(fault?.resetsAt?.getTime()).toBeGreaterThan(ports.clock.now().getTime() + 86_000_000);
  });
});

describe("the ranking", () => {
  test("prefers who shares interests and intent, is near, active and likes one already; the same seed gives the same order", async () => {
    newIsland();
    const [me, plain, ...better] = (await people(
      { interests: ["chess", "rain"] },
      { intent: "casual" },
      { intent: "casual", interests: ["chess", "rain"] },
      {},
      { intent: "casual", interests: ["chess", "rain"] },
      { intent: "casual" },
    )) as [UserId, UserId, ...UserId[]];
    const [far, asleep] = (await people({ lat: here().lat + 0.3 }, { activeAt: new Date(Date.now() - 60 * 86_400_000) })) as [
      UserId,
      UserId,
    ];
    await makeWellKnown(db, [me, plain, ...better, far, asleep]);
    const liker = better[3] as UserId;
    await swipes.record(ports, { swiperId: liker, targetId: me, action: "like" });
    const rank = (seed: number) => retrieve(db, { userId: me, at: ports.clock.now(), limit: 10, seed });
    const { userIds } = await rank(7);
    expect(userIds).toHaveLength(7);
    expect(userIds[0]).toBe(liker);
    expect(userIds.indexOf(plain)).toBeGreaterThan(userIds.indexOf(better[1] as UserId));
    expect(userIds.slice(-2).toSorted()).toEqual([far, asleep].toSorted());
    expect((await rank(7)).userIds).toEqual(userIds);
  });
});

describe("GET /v1/discovery/search", () => {
  test("finds by words and filters, and shows only who may be shown and wants one", async () => {
    newIsland();
    const [me, ada, bea, hidden, blocked, unwilling, swiped] = (await people(
      { gender: "man", wants: ["woman"] },
      { name: "Ada", interests: ["climbing"] },
      { name: "Bea", interests: ["climbing"], birthDate: "1980-01-01" },
      { interests: ["climbing"] },
      { interests: ["climbing"] },
      { interests: ["climbing"], wants: ["woman"] },
      { interests: ["climbing"] },
    )) as [UserId, UserId, UserId, UserId, UserId, UserId, UserId];
    await reindex(ports, [me, ada, bea, hidden, blocked, unwilling, swiped]);
    await db`update profiles set discoverable = false where user_id = ${hidden}`;
    await db`insert into blocks (blocker_id, blocked_id, created_at) values (${blocked}, ${me}, ${ports.clock.now()})`;
    await swipes.record(ports, { swiperId: me, targetId: swiped, action: "like" });
    const found = async (more: object) =>
      (await search(ports, { userId: me, text: "", limit: 20, ...more })).items.map((card) => card.id).toSorted();
    expect(await found({ text: "climb" })).toEqual([ada, bea].toSorted());
    expect(await found({ text: "climbing ada" })).toEqual([ada]);
    expect(await found({ ageMax: 35 })).toEqual([ada]);
    expect(await found({ genders: ["man"] })).toEqual([]);
    expect(await found({ interests: ["climbing"], intents: ["casual"] })).toEqual([]);
    const first = await search(ports, { userId: me, text: "climbing", limit: 3 });
    const second = await search(ports, { userId: me, text: "climbing", limit: 3, cursor: first.next ?? "" });
    expect([...first.items, ...second.items].map((card) => card.id).toSorted()).toEqual([ada, bea].toSorted());
    await reindex(ports, [hidden]);
    expect(await db`select 1 from search_documents where user_id = ${hidden}`).toEqual([]);
  });

  test("an incomplete profile searches nobody", async () => {
    newIsland();
    const [me] = (await people({})) as [UserId];
    await db`update profiles set lat = null, lon = null where user_id = ${me}`;
    expect(await faultOf(search(ports, { userId: me, text: "", limit: 5 }))).toMatchObject({ code: "profile.incomplete" });
  });
});
