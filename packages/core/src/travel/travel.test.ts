import type { UserId } from "@pendo/contract/ids";
import { quotas } from "@pendo/contract/quotas";
import { describe, expect, test } from "vitest";
import { forgetDecks } from "../discovery/decks.ts";
import { reindex } from "../discovery/indexing.ts";
import { listRecommendations } from "../discovery/recommend.ts";
import { search } from "../discovery/search.ts";
import { expire } from "../expire/expire.ts";
import { Fault } from "../fault.ts";
import { distanceKm } from "../rules/distance.ts";
import { shownWithinKm } from "../location/grid.fixture.ts";
import { secretGrid } from "../location/grid.ts";
import * as location from "../location/location.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { cardsFor } from "../profiles/cards.ts";
import { newUser } from "../profiles/person.fixture.ts";
import * as quotaReads from "../quotas/quotas.ts";
import { addPeople } from "../swipes/people.fixture.ts";
import * as travel from "./travel.ts";

const db = testDb();
const ports = testPorts(db);
const DAY_MS = 86_400_000;

// Each test has a country of its own, and somewhere to go to from there.
let country = 0;
function places() {
  country += 1;
  return { home: { lat: -60 + country * 8, lon: 10 }, away: { lat: -60 + country * 8, lon: 100 } };
}

const people = async (...at: { lat: number; lon: number; radiusKm?: number }[]): Promise<UserId[]> => await addPeople(db, at);

async function shownTo(userId: UserId) {
  await forgetDecks(ports.cache, userId);
  return (await listRecommendations(ports, { userId, limit: 20 })).items;
}
const idsShownTo = async (userId: UserId) => (await shownTo(userId)).map((card) => card.id).toSorted();

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (fault: unknown) => (fault instanceof Fault ? { code: fault.code, resetsAt: fault.resetsAt } : String(fault)),
  );
const told = async (type: "travel.started" | "travel.ended", userId: UserId) =>
  (await ports.facts(type)).filter((fact) => fact.data.userId === userId).length;

/** To the first moment of the next window, so that a test's day does not end within it. */
function nextDay(): void {
  const windowMs = quotas.travel.windowSec * 1000;
  ports.clock.advance(windowMs - (ports.clock.now().getTime() % windowMs));
}

describe("PUT /v1/me/travel", () => {
  test("shows somebody at the other place and looks from there, both ways; cards say that they are visiting", async () => {
    const { home, away } = places();
    const [me, neighbour, local, far] = (await people(home, home, away, { ...away, lat: away.lat + 1 })) as [
      UserId,
      UserId,
      UserId,
      UserId,
    ];
    expect(await idsShownTo(me)).toEqual([neighbour]);
    await travel.start(ports, { userId: me, ...away });
    expect(await shownTo(me)).toMatchObject([{ id: local, distance: "under5km", visiting: false }]);
    expect(await shownTo(local)).toMatchObject([{ id: me, distance: "under5km", visiting: true }]);
    expect(await shownTo(neighbour)).toEqual([]);
    expect((await cardsFor(ports, { viewerId: neighbour, userIds: [me], onlyDiscoverable: true })).get(me)?.distance).toBe("over100km");
    expect(await idsShownTo(far)).toEqual([]);
  });

  test("two who travel to the same place are shown to each other, within the smaller of both radii", async () => {
    const { home, away } = places();
    const [me, choosy, open] = (await people(
      home,
      { lat: home.lat + 3, lon: home.lon, radiusKm: 5 },
      { lat: home.lat - 3, lon: home.lon },
    )) as [UserId, UserId, UserId];
    await travel.start(ports, { userId: me, ...away });
    for (const userId of [choosy, open]) await travel.start(ports, { userId, lat: away.lat + 0.15, lon: away.lon });
    expect(await idsShownTo(me)).toEqual([open]);
    expect(await idsShownTo(open)).toEqual([me, choosy].toSorted());
  });

  test("whoever travels not far from home is shown once", async () => {
    const { home } = places();
    const [me, neighbour] = (await people(home, home)) as [UserId, UserId];
    await travel.start(ports, { userId: me, lat: home.lat + 0.2, lon: home.lon });
    expect(await shownTo(neighbour)).toMatchObject([{ id: me, distance: "10to25km", visiting: true }]);
  });

  test("keeps a place of the grid and nothing of the exact one, in any table, and leaves the home as it is", async () => {
    const { home, away } = places();
    const [me] = (await people(home)) as [UserId];
    const exact = { lat: away.lat + 0.123457, lon: away.lon + 0.234561 };
    await travel.start(ports, { userId: me, ...exact });
    const [kept] = await db<{ lat: number; lon: number }[]>`select lat, lon from travels where user_id = ${me}`;
    expect(kept).toEqual(secretGrid(ports.secrets.key("grid")).snap(me, exact, null));
    expect(distanceKm(kept ?? exact, exact)).toBeLessThan(shownWithinKm);
    expect(await db`select lat, lon from profiles where user_id = ${me}`).toEqual([home]);
    const rows = await db<{ row: string }[]>`
      select row_to_json(t)::text as row from travels t union all select row_to_json(p)::text from profiles p union all select envelope::text from outbox`;
    expect(rows.filter(({ row }) => row.includes(String(exact.lat)) || row.includes(String(exact.lon)))).toEqual([]);
  });

  test("is refused to whoever has not said where they are", async () => {
    expect(await refusal(travel.start(ports, { userId: await newUser(ports), ...places().away }))).toMatchObject({
      code: "profile.incomplete",
    });
  });

  test("the same place again changes and costs nothing; another one answers travel.quotaSpent until tomorrow", async () => {
    nextDay();
    const { home, away } = places();
    const [me] = (await people(home)) as [UserId];
    const first = await travel.start(ports, { userId: me, ...away });
    ports.clock.advance(1000);
    expect(await travel.start(ports, { userId: me, ...away })).toEqual(first);
    expect(await told("travel.started", me)).toBe(1);
    const { travels } = await quotaReads.get(ports, { userId: me });
    expect(travels).toMatchObject({ left: 0, cap: 1 });
    const near = { ...away, lat: away.lat + 0.3 };
    expect(await refusal(travel.start(ports, { userId: me, ...near }))).toEqual({
      code: "travel.quotaSpent",
      resetsAt: new Date(travels.resetsAt ?? 0),
    });
    expect(await travel.get(ports, { userId: me })).toEqual(first);
    nextDay();
    const second = await travel.start(ports, { userId: me, ...near });
    expect(Date.parse(second.travel?.expiresAt ?? "")).toBe(Date.parse(second.travel?.startedAt ?? "") + 7 * DAY_MS);
  });

  test("of ten at once to different places, one is made", async () => {
    nextDay();
    const { home, away } = places();
    const [me] = (await people(home)) as [UserId];
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, n) => refusal(travel.start(ports, { userId: me, ...away, lat: away.lat + n * 0.04 }))),
    );
    expect(all.filter((one) => one === "done")).toHaveLength(1);
    expect(await told("travel.started", me)).toBe(1);
  });

  test("nobody gets from one travel to the next faster than by location, nor by ending one first", async () => {
    nextDay();
    const { home, away } = places();
    const [me] = (await people(home)) as [UserId];
    ports.clock.advance(DAY_MS - 3_600_000);
    await travel.start(ports, { userId: me, ...away });
    await travel.end(ports, { userId: me });
    ports.clock.advance(2 * 3_600_000);
    const other = { lat: away.lat, lon: away.lon - 60 };
    const refused = await refusal(travel.start(ports, { userId: me, ...other }));
    expect(refused).toMatchObject({ code: "location.tooFast", resetsAt: expect.any(Date) });
    await expire(ports);
    expect(await refusal(travel.start(ports, { userId: me, ...other }))).toEqual(refused);
    ports.clock.advance(DAY_MS);
    expect(await expire(ports)).toMatchObject({ travels: 1 });
    expect(await refusal(travel.start(ports, { userId: me, ...other }))).toBe("done");
  });

  test("counts as one of the day's changes of place", async () => {
    const { home, away } = places();
    const me = await newUser(ports);
    for (let n = 0; n < 30; n++) await location.replace(ports, { userId: me, lat: home.lat + n * 0.1, lon: home.lon });
    expect(await refusal(travel.start(ports, { userId: me, ...away }))).toMatchObject({ code: "location.tooFast" });
    ports.clock.advance(DAY_MS);
    await travel.start(ports, { userId: me, ...away });
    for (let n = 0; n < 29; n++) await location.replace(ports, { userId: me, lat: home.lat - n * 0.1, lon: home.lon });
    expect(await refusal(location.replace(ports, { userId: me, lat: home.lat - 3, lon: home.lon }))).toMatchObject({
      code: "location.tooFast",
    });
  });
});

describe("a travel ends", () => {
  test("by itself when its time has come, before anybody tells of it; it is told once, by however many", async () => {
    const { home, away } = places();
    const [me, neighbour, local] = (await people(home, home, away)) as [UserId, UserId, UserId];
    await travel.start(ports, { userId: me, ...away });
    ports.clock.advance(7 * DAY_MS - 60_000);
    expect(await idsShownTo(local)).toEqual([me]);
    const deck = await idsShownTo(me);
    expect(deck).toEqual([local]);
    ports.clock.advance(60_000);
    // The deck of a moment ago is there still; nobody in it is near any more.
    expect((await listRecommendations(ports, { userId: me, limit: 20 })).items.map((card) => card.id)).toEqual([neighbour]);
    expect(await idsShownTo(local)).toEqual([]);
    expect(await shownTo(neighbour)).toMatchObject([{ id: me, visiting: false, distance: "under5km" }]);
    expect(await travel.get(ports, { userId: me })).toEqual({ travel: null });
    await Promise.all([travel.endDue(ports), travel.endDue(ports), travel.endDue(ports)]);
    expect(await told("travel.ended", me)).toBe(1);
  });

  test("by DELETE /v1/me/travel, which is told once", async () => {
    const { home, away } = places();
    const [me, neighbour] = (await people(home, home)) as [UserId, UserId];
    await travel.start(ports, { userId: me, ...away });
    await Promise.all([travel.end(ports, { userId: me }), travel.end(ports, { userId: me })]);
    expect(await idsShownTo(me)).toEqual([neighbour]);
    expect(await travel.get(ports, { userId: me })).toEqual({ travel: null });
    ports.clock.advance(8 * DAY_MS);
    await travel.endDue(ports);
    expect(await told("travel.ended", me)).toBe(1);
  });
});

test("GET /v1/discovery/search finds a traveller where they travel, and nowhere else, also before the index has heard of the end", async () => {
  const { home, away } = places();
  const [me, neighbour, local] = (await people(home, home, away)) as [UserId, UserId, UserId];
  await travel.start(ports, { userId: me, ...away });
  await reindex(ports, [me, neighbour, local]);
  const found = async (userId: UserId) => (await search(ports, { userId, text: "", limit: 20 })).items.map((card) => card.id);
  expect([await found(local), await found(neighbour), await found(me)]).toEqual([[me], [], [local]]);
  ports.clock.advance(7 * DAY_MS);
  expect([await found(local), await found(me)]).toEqual([[], [neighbour]]);
  await travel.endDue(ports);
  await reindex(ports, [me]);
  expect([await found(local), await found(neighbour)]).toEqual([[], [me]]);
});
