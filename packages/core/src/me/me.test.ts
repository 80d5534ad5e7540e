import type { MediaId, UserId } from "@pendo/contract/ids";
import { ianaLinks } from "@pendo/contract/ianaLinks";
import { Locale, TimeZone } from "@pendo/contract/locale";
import * as routes from "@pendo/contract/routes/me";
import { expect, test } from "vitest";
import { insertUser } from "../auth/auth.sql.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as me from "./me.ts";

const db = testDb();
const ports = testPorts(db);

async function newUser(): Promise<UserId> {
  const userId = ports.ids.next<UserId>();
  await db.begin((tx) => insertUser(tx, { userId, email: `${userId}@example.com`, locale: "de", at: ports.clock.now() }));
  return userId;
}

test("GET /v1/me answers a new user's account", async () => {
  const userId = await newUser();
  const mine = await me.get(ports, { userId });
  expect(mine).toMatchObject({
    id: userId,
    email: `${userId}@example.com`,
    status: "active",
    roles: [],
    locale: "de",
    timeZone: "UTC",
    profileComplete: false,
    discoverable: false,
  });
  expect(routes.get.output.parse(mine)).toEqual(mine);
});

test("GET /v1/me says that a profile is complete once its essentials, place and a photo are there, before any verdict", async () => {
  const userId = await newUser();
  await db`update profiles set name = 'Robin', birth_date = '1995-02-03', gender = 'woman', lat = 38.7, lon = -9.1 where user_id = ${userId}`;
  expect((await me.get(ports, { userId })).profileComplete).toBe(false);
  const id = ports.ids.next<MediaId>();
  await db`insert into media (id, user_id, kind, state, position, content_type, upload_key, created_at)
    values (${id}, ${userId}, 'photo', 'processed', 0, 'image/jpeg', ${id}, ${ports.clock.now()})`;
  expect(await me.get(ports, { userId })).toMatchObject({ profileComplete: true, discoverable: false });
  await db`update media set state = 'rejected' where id = ${id}`;
  expect((await me.get(ports, { userId })).profileComplete).toBe(false);
});

test("GET /v1/me lists roles as they are now", async () => {
  const userId = await newUser();
  await db`insert into staff_roles (user_id, role, granted_at) values (${userId}, 'support', ${ports.clock.now()}), (${userId}, 'admin', ${ports.clock.now()})`;
  expect((await me.get(ports, { userId })).roles).toEqual(["admin", "support"]);
});

test("GET /v1/me refuses users who are suspended or gone", async () => {
  const userId = await newUser();
  await db`update users set status = 'suspended' where id = ${userId}`;
  await expect(me.get(ports, { userId })).rejects.toMatchObject({ code: "account.suspended" });
  await expect(me.get(ports, { userId: ports.ids.next<UserId>() })).rejects.toMatchObject({ code: "auth.tokenInvalid" });
});

test("PATCH /v1/me changes what is given, of the one who asks", async () => {
  const [userId, other] = [await newUser(), await newUser()];
  expect(await me.update(ports, { userId, timeZone: "Europe/Lisbon" })).toMatchObject({ locale: "de", timeZone: "Europe/Lisbon" });
  expect(await me.update(ports, { userId, locale: "pt-BR" })).toMatchObject({ locale: "pt-BR", timeZone: "Europe/Lisbon" });
  expect(await me.update(ports, { userId })).toMatchObject({ locale: "pt-BR", timeZone: "Europe/Lisbon" });
  expect(await me.get(ports, { userId: other })).toMatchObject({ locale: "de", timeZone: "UTC" });
});

test.each(["Europe/Lisbon", "UTC", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Etc/GMT+3"])(
  "%s is a time zone, to PostgreSQL as well",
  async (zone) => {
    expect(TimeZone.parse(zone)).toBe(zone);
    await expect(db`select now() at time zone ${zone}`).resolves.toHaveLength(1);
  },
);

test("PostgreSQL knows every time zone that is taken", async () => {
  const known = new Set((await db<{ name: string }[]>`select name from pg_timezone_names`).map(({ name }) => name));

  const unknown = [...Intl.supportedValuesOf("timeZone"), ...ianaLinks].filter((zone) => !known.has(TimeZone.parse(zone)));

  expect(unknown).toEqual([]);
  expect(known.size).toBeGreaterThan(500);
});

test.each(["", "Mars/Base", "+01:00", "UTC; drop table users", "../etc/passwd", "Europe/", `Europe/${"x".repeat(80)}`])(
  "%j is no time zone",
  (zone) => {
    expect(TimeZone.safeParse(zone).success).toBe(false);
  },
);

test("languages are language tags", () => {
  for (const tag of ["en", "pt-BR", "zh-Hant-TW", "gsw"]) expect(Locale.safeParse(tag).success).toBe(true);
  for (const tag of ["", "e", "en_US", "en-", "en-<b>", "x".repeat(40)]) expect(Locale.safeParse(tag).success).toBe(false);
});
