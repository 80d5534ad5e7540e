import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { newUser } from "../profiles/person.fixture.ts";
import { distanceKm } from "../rules/distance.ts";
import { shownWithinKm } from "./grid.fixture.ts";
import * as location from "./location.ts";

const db = testDb();
const ports = testPorts(db);
const berlin = { lat: 52.520008, lon: 13.404954 };

async function shown(userId: string) {
  const [row] = await db<{ lat: number; lon: number }[]>`select lat, lon from profiles where user_id = ${userId}`;
  if (!row) throw new Error("no profile");
  return row;
}

test("PUT /v1/me/location keeps a coarse place and nothing of the exact one, in any table", async () => {
  const userId = await newUser(ports);
  await location.replace(ports, { userId, ...berlin });
  const place = await shown(userId);
  expect(distanceKm(place, berlin)).toBeGreaterThan(0);
  expect(distanceKm(place, berlin)).toBeLessThan(shownWithinKm);
  const rows = await db`select row_to_json(p)::text as row from profiles p union all select envelope::text from outbox`;
  expect(rows.map((row) => String(row["row"])).filter((row) => row.includes("52.520008") || row.includes("13.404954"))).toEqual([]);
});

test("PUT /v1/me/location says a move once, and nothing while somebody stays about where they are", async () => {
  const userId = await newUser(ports);
  const moves = async () => (await ports.facts("location.changed")).filter((fact) => fact.data.userId === userId).length;
  await location.replace(ports, { userId, ...berlin });
  const first = await shown(userId);
  await location.replace(ports, { userId, lat: berlin.lat + 0.0009, lon: berlin.lon });
  expect(await shown(userId)).toEqual(first);
  expect(await moves()).toBe(1);
  await location.replace(ports, { userId, lat: first.lat + 0.1, lon: first.lon });
  expect(await shown(userId)).not.toEqual(first);
  expect(await moves()).toBe(2);
});

test("100 teleports answer location.tooFast, and say when one could have travelled so far", async () => {
  const userId = await newUser(ports);
  await location.replace(ports, { userId, ...berlin });
  const home = await shown(userId);
  for (let jump = 1; jump <= 100; jump++) {
    ports.clock.advance(1000);
    const to = { lat: ((jump * 37) % 120) - 60, lon: ((jump * 61) % 300) - 150 };
    const refused = await location.replace(ports, { userId, ...to }).catch((fault: unknown) => fault);
    expect(refused).toMatchObject({ code: "location.tooFast", resetsAt: expect.any(Date) });
  }
  expect(await shown(userId)).toEqual(home);
  const refused = (await location.replace(ports, { userId, lat: 48.85, lon: 2.35 }).catch((fault: unknown) => fault)) as { resetsAt: Date };
  ports.clock.advance(refused.resetsAt.getTime() - ports.clock.now().getTime());
  await location.replace(ports, { userId, lat: 48.85, lon: 2.35 });
  expect(distanceKm(await shown(userId), home)).toBeGreaterThan(800);
});

test("the 31st change of a day answers location.tooFast; the next day is a new one", async () => {
  const userId = await newUser(ports);
  const step = (n: number) => location.replace(ports, { userId, lat: 40 + n * 0.1, lon: 5 });
  for (let n = 0; n < 30; n++) await step(n);
  const refused = (await step(30).catch((fault: unknown) => fault)) as { code: string; resetsAt: Date };
  expect(refused.code).toBe("location.tooFast");
  expect(refused.resetsAt.getTime()).toBeGreaterThan(ports.clock.now().getTime() + 23 * 3_600_000);
  ports.clock.advance(24 * 3_600_000);
  await step(30);
});

test("of 60 parallel changes, 30 are made", async () => {
  const userId = await newUser(ports);
  // All within 50 km, so that none is refused for its speed.
  const places = Array.from({ length: 60 }, (_, n) => ({ lat: 40 + (n % 8) * 0.045, lon: 5 + Math.floor(n / 8) * 0.06 }));
  const results = await Promise.allSettled(places.map((place) => location.replace(ports, { userId, ...place })));
  expect(results.some((result) => result.status === "rejected")).toBe(true);
  expect((await ports.facts("location.changed")).filter((fact) => fact.data.userId === userId)).toHaveLength(30);
});

test.each([
  [90, 0],
  [-90, 180],
  [89.999, -180],
  [0, 180],
  [0, -180],
  [-16.5, 179.9999],
])("%d, %d is a place like any other", async (lat, lon) => {
  const userId = await newUser(ports);
  await location.replace(ports, { userId, lat, lon });
  expect(distanceKm(await shown(userId), { lat, lon })).toBeLessThan(shownWithinKm);
});
