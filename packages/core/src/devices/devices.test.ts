import type { DeviceId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { newUser } from "../profiles/person.fixture.ts";
import { session } from "../realtime/socket.fixture.ts";
import { replacePushToken, DEVICES_MAX, removePushToken } from "./devices.ts";
import { forget, ofUsers } from "./devices.sql.ts";

const db = testDb();
const ports = testPorts(db);

const bind = async (userId: UserId, device: string, token: string) =>
  await replacePushToken(ports, {
    userId,
    sessionId: await session(ports, userId),
    deviceId: `device-${device}` as DeviceId,
    platform: "android",
    token,
  });
const tokens = async (userId: UserId) => (await ofUsers(db, [userId], ports.clock.now())).map(({ token }) => token);

test("PUT push-token binds a token to an installation; a new token takes the place of the old", async () => {
  const userId = await newUser(ports);
  await bind(userId, "a", "token-a1");
  await bind(userId, "b", "token-b1");
  await bind(userId, "a", "token-a2");
  await bind(userId, "a", "token-a2");
  expect(await tokens(userId)).toEqual(["token-a2", "token-b1"]);
});

test("a token belongs to one user: the newest binding takes it over", async () => {
  const [before, after] = [await newUser(ports), await newUser(ports)];
  await bind(before, "shared", "token-shared");
  await bind(after, "shared", "token-shared");
  expect(await tokens(before)).toEqual([]);
  expect(await tokens(after)).toEqual(["token-shared"]);
});

test("a token moves from one installation of a user to another", async () => {
  const userId = await newUser(ports);
  await bind(userId, "old", "token-moved");
  await bind(userId, "new", "token-other");
  await bind(userId, "new", "token-moved");
  expect(await db`select device_id, token from devices where user_id = ${userId}`).toMatchObject([
    { deviceId: "device-new", token: "token-moved" },
  ]);
});

test("of parallel bindings of one token one user has it; of parallel tokens of one installation one stays", async () => {
  const users = await Promise.all(Array.from({ length: 8 }, () => newUser(ports)));
  await Promise.all(users.map((userId) => bind(userId, "shared", "token-raced")));
  expect((await ofUsers(db, users, ports.clock.now())).map(({ token }) => token)).toEqual(["token-raced"]);
  const [userId] = users as [UserId];
  await Promise.all(Array.from({ length: 8 }, (_, i) => bind(userId, "raced", `token-${i}-of-many`)));
  expect((await tokens(userId)).filter((token) => token.endsWith("of-many"))).toHaveLength(1);
});

test("a user has a bounded number of installations; the one that was bound longest ago goes first", async () => {
  const userId = await newUser(ports);
  for (let i = 0; i <= DEVICES_MAX; i++) {
    await bind(userId, `n${i}`, `token-n${i}-${userId}`);
    ports.clock.advance(1000);
  }
  const kept = await tokens(userId);
  expect(kept).toHaveLength(DEVICES_MAX);
  expect(kept).not.toContain(`token-n0-${userId}`);
});

test("DELETE push-token ends pushes to one's own installation, and again it changes nothing", async () => {
  const [userId, other] = [await newUser(ports), await newUser(ports)];
  await bind(userId, "same", "token-mine");
  await bind(other, "same", "token-theirs");
  await removePushToken(ports, { userId, deviceId: "device-same" as DeviceId });
  await removePushToken(ports, { userId, deviceId: "device-same" as DeviceId });
  expect(await tokens(userId)).toEqual([]);
  expect(await tokens(other)).toEqual(["token-theirs"]);
  await forget(db, ["token-theirs", "token-nobody"]);
  expect(await tokens(other)).toEqual([]);
});

test("the longest token that the contract lets through is stored, and random ones too", async () => {
  const userId = await newUser(ports);
  const token = Array.from({ length: 2048 }, () => String.fromCharCode(0x21 + Math.floor(ports.ids.chance() * 94))).join("");
  await bind(userId, "long", token);
  expect(await tokens(userId)).toEqual([token]);
});

test("two people who swap their tokens, again and again and at once, never lock each other out", async () => {
  const [one, two] = [await newUser(ports), await newUser(ports)];
  for (let round = 0; round < 40; round++) {
    const [first, second] = round % 2 ? ["swap-1", "swap-2"] : ["swap-2", "swap-1"];
    await Promise.all([bind(one, "one", first ?? ""), bind(two, "two", second ?? "")]);
    expect([await tokens(one), await tokens(two)]).toEqual([[first], [second]]);
  }
  await db`select pg_stat_force_next_flush()`;
  expect(await db`select deadlocks::int from pg_stat_database where datname = current_database()`).toEqual([{ deadlocks: 0 }]);
});
