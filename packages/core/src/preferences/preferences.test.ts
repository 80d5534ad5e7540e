import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { newUser } from "../profiles/person.fixture.ts";
import * as preferences from "./preferences.ts";

const db = testDb();
const ports = testPorts(db);

test("GET /v1/me/preferences answers the table's defaults before anything was chosen", async () => {
  const userId = await newUser(ports);
  const before = await preferences.get(ports, { userId });
  expect(await preferences.update(ports, { userId, intents: [] })).toEqual(before);
  expect(await preferences.get(ports, { userId })).toEqual(before);
  expect(await ports.facts("preferences.updated")).toEqual([]);
});

test("PATCH /v1/me/preferences changes what is given and nothing else", async () => {
  const userId = await newUser(ports);
  const changed = await preferences.update(ports, { userId, genders: ["man", "man"], radiusKm: 120, intents: ["casual"] });
  expect(changed).toEqual({ genders: ["man"], ageMin: 18, ageMax: 99, radiusKm: 120, intents: ["casual"] });
  expect(await preferences.get(ports, { userId })).toEqual(changed);
  expect(await ports.facts("preferences.updated")).toHaveLength(1);
});

test("PATCH /v1/me/preferences answers input.invalid where the ages would cross", async () => {
  const userId = await newUser(ports);
  await preferences.update(ports, { userId, ageMin: 30 });
  await expect(preferences.update(ports, { userId, ageMax: 29 })).rejects.toMatchObject({ fields: { "/ageMin": "is above ageMax" } });
});

test("of two parallel changes neither is lost", async () => {
  const userId = await newUser(ports);
  await Promise.all([preferences.update(ports, { userId, radiusKm: 7 }), preferences.update(ports, { userId, ageMin: 25 })]);
  expect(await preferences.get(ports, { userId })).toMatchObject({ radiusKm: 7, ageMin: 25 });
});
