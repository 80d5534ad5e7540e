import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { newUser } from "../profiles/person.fixture.ts";
import { get, update } from "./notificationPreferences.ts";

const db = testDb();
const ports = testPorts(db);
const everything = {
  push: { like: true, match: true, message: true, moderation: true, boost: true, picks: true },
  email: { match: true },
  quietFrom: null,
  quietTo: null,
};

test("GET notification-preferences: everything is on until somebody says otherwise", async () => {
  expect(await get(ports, { userId: await newUser(ports) })).toEqual(everything);
});

test("PATCH notification-preferences changes what is given and nothing else", async () => {
  const userId = await newUser(ports);
  expect(await update(ports, { userId, push: { like: false } })).toEqual({
    ...everything,
    push: { like: false, match: true, message: true, moderation: true, boost: true, picks: true },
  });
  await update(ports, { userId, quietFrom: "22:30", quietTo: "07:00" });
  await update(ports, { userId, email: { match: false }, push: { message: undefined } });
  await update(ports, { userId, quietTo: "08:15" });
  const changed = {
    push: { like: false, match: true, message: true, moderation: true, boost: true, picks: true },
    email: { match: false },
    quietFrom: "22:30",
    quietTo: "08:15",
  };
  expect(await get(ports, { userId })).toEqual(changed);
  expect(await update(ports, { userId })).toEqual(changed);
  expect(await update(ports, { userId, quietFrom: null, quietTo: null, push: { like: true }, email: { match: true } })).toEqual(everything);
});

test("PATCH notification-preferences answers input.invalid where quiet hours would have one end, or none to speak of", async () => {
  const userId = await newUser(ports);
  await expect(update(ports, { userId, quietFrom: "22:00" })).rejects.toMatchObject({
    code: "input.invalid",
    fields: { "/quietTo": expect.any(String) },
  });
  await expect(update(ports, { userId, quietFrom: "22:00", quietTo: "22:00" })).rejects.toMatchObject({ code: "input.invalid" });
  await update(ports, { userId, quietFrom: "22:00", quietTo: "06:00" });
  await expect(update(ports, { userId, quietFrom: null })).rejects.toMatchObject({ fields: { "/quietFrom": expect.any(String) } });
  expect(await get(ports, { userId })).toMatchObject({ quietFrom: "22:00", quietTo: "06:00" });
});

test("of parallel changes none is lost", async () => {
  const userId = await newUser(ports);
  await Promise.all([
    update(ports, { userId, push: { like: false } }),
    update(ports, { userId, push: { match: false } }),
    update(ports, { userId, email: { match: false } }),
    update(ports, { userId, quietFrom: "01:00", quietTo: "02:00" }),
  ]);
  expect(await get(ports, { userId })).toEqual({
    push: { like: false, match: false, message: true, moderation: true, boost: true, picks: true },
    email: { match: false },
    quietFrom: "01:00",
    quietTo: "02:00",
  });
});
