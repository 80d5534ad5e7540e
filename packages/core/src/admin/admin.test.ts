import type { UserId } from "@pendo/contract/ids";
import type { QueueName } from "@pendo/contract/queues";
import { expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import * as routes from "@pendo/contract/routes/admin";
import type { DeadLetters } from "../ports/bus/deadLetters.ts";
import { testPorts } from "@pendo/local/testPorts";
import { newUser } from "../profiles/person.fixture.ts";
import { session } from "../realtime/socket.fixture.ts";
import { revokedBecause } from "../rules/revoked.ts";
import * as admin from "./admin.ts";

const db = testDb();
const ports = testPorts(db);

test("GET /v1/admin/metrics answers every day of the time, with zeros, totals, and each active person once", async () => {
  const [a, b] = [await newUser(ports), await newUser(ports)];
  await db`insert into metric_days (day, name, value) values ('2026-05-01', 'swipes', 3), ('2026-05-03', 'swipes', 4), ('2026-05-03', 'activeUsers', 2),
    ('2026-05-01', 'activeUsers', 1), ('2026-05-04', 'swipes', 100), ('2026-05-02', 'aNameOfThePast', 9)`;
  await db`insert into active_days (day, user_id) values ('2026-05-01', ${a}), ('2026-05-03', ${a}), ('2026-05-03', ${b})`;
  const { days, totals, from, to, live } = await admin.getMetrics(ports, { from: "2026-05-01", to: "2026-05-03" });
  expect({ from, to, live }).toEqual({ from: "2026-05-01", to: "2026-05-03", live: { queues: [] } });
  expect(days.map(({ day, swipes, activeUsers, matches }) => [day, swipes, activeUsers, matches])).toEqual([
    ["2026-05-01", 3, 1, 0],
    ["2026-05-02", 0, 0, 0],
    ["2026-05-03", 4, 2, 0],
  ]);
  expect(totals).toMatchObject({ swipes: 7, activeUsers: 2, conversions: 0 });
  expect(Object.keys(totals)).not.toContain("aNameOfThePast");
});

test("GET /v1/admin/metrics answers the last 30 days unless told, and refuses what runs backwards or too long", async () => {
  const { days, to } = await admin.getMetrics(ports, {});
  expect(days).toHaveLength(30);
  expect(days.at(-1)?.day).toBe(to);
  expect(to).toBe(ports.clock.now().toISOString().slice(0, 10));
  await expect(admin.getMetrics(ports, { from: "2026-05-02", to: "2026-05-01" })).rejects.toMatchObject({
    fields: { "/to": expect.any(String) },
  });
  await expect(admin.getMetrics(ports, { from: "2020-01-01", to: "2026-05-01" })).rejects.toMatchObject({
    fields: { "/from": expect.any(String) },
  });
});

test("redrive and dead letters answer queue.notFound for what is no queue, and pass the limit on for what is", async () => {
  const asked: [QueueName, number][] = [];
  const body = {
    id: ports.ids.next(),
    type: "otp.requested",
    version: 1,
    occurredAt: "2026-05-01T00:00:00.000Z",
    actor: null,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    data: { challengeId: ports.ids.next() },
  };
  const deadLetters: DeadLetters = {
    ...ports.deadLetters,
    redrive: async (queue, limit) => (asked.push([queue, limit]), 3),
    deadLetters: async () => [{ id: "a1", text: JSON.stringify(body), attempts: 5, reason: "it failed" }],
  };
  expect(await admin.redrive({ ...ports, deadLetters }, { name: "email", limit: 10 })).toEqual({ movedCount: 3 });
  expect(asked).toEqual([["email", 10]]);
  const { items } = await admin.listDeadLetters({ ...ports, deadLetters }, { name: "email", limit: 10 });
  const { id, type, occurredAt, actor, data } = body;
  const trace = "0af7651916cd43dd8448eb211c80319c";
  expect(items).toEqual([
    { id: "a1", eventId: id, type, occurredAt, actorId: actor, trace, data, raw: null, attempts: 5, reason: "it failed" },
  ]);
  for (const name of ["nothing", "toString", "__proto__"]) {
    await expect(admin.redrive({ ...ports, deadLetters }, { name, limit: 1 })).rejects.toMatchObject({ code: "queue.notFound" });
    await expect(admin.listDeadLetters({ ...ports, deadLetters }, { name, limit: 1 })).rejects.toMatchObject({ code: "queue.notFound" });
  }
});

test("a dead letter of an unknown type, or that holds no event, is listed with the others and shows no more than its size and its scrubbed start", async () => {
  const known = {
    id: ports.ids.next(),
    type: "deck.low",
    occurredAt: "2026-05-01T00:00:00.000Z",
    actor: null,
    data: { userId: ports.ids.next() },
  };
  const unknown = { ...known, type: "wave.sent", data: { text: "Robin at robin@example.test" } };
  const texts = [
    JSON.stringify(known),
    JSON.stringify(unknown),
    JSON.stringify({ ...known, data: { userId: "x" } }),
    "not JSON for robin@example.test",
    "null",
    "[]",
    '"x"',
    "",
    "\u0000é",
  ];
  const deadLetters: DeadLetters = {
    ...ports.deadLetters,
    deadLetters: async () => texts.map((text, i) => ({ id: `m${i}`, text, attempts: 5, reason: null })),
  };

  const { items } = await admin.listDeadLetters({ ...ports, deadLetters }, { name: "email", limit: 10 });

  expect(routes.listDeadLetters.output.safeParse({ items }).error).toBeUndefined();
  expect(items.map(({ id }) => id)).toEqual(texts.map((_, i) => `m${i}`));
  expect(items.slice(0, 4)).toMatchObject([
    { type: "deck.low", data: known.data, raw: null },
    { type: "wave.sent", data: {}, raw: { bytes: texts[1]?.length } },
    { type: "deck.low", data: {}, raw: { bytes: texts[2]?.length } },
    { type: null, data: {}, raw: { bytes: 31, start: "not JSON for <email>" } },
  ]);
  expect(JSON.stringify(items)).not.toContain("robin@example.test");
});

test("a dead letter is thrown away by its own name, and one that is not there is deadLetter.notFound", async () => {
  const removed: [QueueName, string][] = [];
  const deadLetters: DeadLetters = { ...ports.deadLetters, remove: async (queue, id) => (removed.push([queue, id]), id === "m1") };

  await admin.removeDeadLetter({ ...ports, deadLetters }, { name: "email", id: "m1" });

  expect(removed).toEqual([["email", "m1"]]);
  await expect(admin.removeDeadLetter({ ...ports, deadLetters }, { name: "email", id: "m2" })).rejects.toMatchObject({
    code: "deadLetter.notFound",
  });
  await expect(admin.removeDeadLetter({ ...ports, deadLetters }, { name: "nothing", id: "m1" })).rejects.toMatchObject({
    code: "queue.notFound",
  });
});

test("PUT /v1/admin/staff/{userId}/roles gives these roles and takes the others; one that stays keeps who granted it", async () => {
  const [first, second, userId] = [await newUser(ports), await newUser(ports), await newUser(ports)];
  const granted = () => db`select role, granted_by from staff_roles where user_id = ${userId} order by role`;
  expect(await admin.replaceRoles(ports, { me: first, userId, roles: ["support", "analyst", "support"] })).toEqual({
    userId,
    roles: ["support", "analyst"],
  });
  await admin.replaceRoles(ports, { me: second, userId, roles: ["moderator", "support"] });
  expect(await granted()).toMatchObject([
    { role: "moderator", grantedBy: second },
    { role: "support", grantedBy: first },
  ]);
  await admin.replaceRoles(ports, { me: second, userId, roles: [] });
  expect(await granted()).toEqual([]);
});

test("whoever loses a role is signed out at once, and cannot give it back to themselves; whoever gets one stays", async () => {
  const [me, userId] = [await newUser(ports), await newUser(ports)];
  const sessionId = await session(ports, userId);
  await admin.replaceRoles(ports, { me, userId, roles: ["support", "analyst"] });
  expect(await revokedBecause(ports.cache, sessionId)).toBeNull();
  await admin.replaceRoles(ports, { me, userId, roles: ["support"] });
  expect(await revokedBecause(ports.cache, sessionId)).toBe("revoked");
  expect(await db`select from sessions where user_id = ${userId} and revoked_at is null`).toHaveLength(0);
  expect((await ports.facts("session.revoked")).map((fact) => fact.data)).toEqual([{ userId, sessionId }]);
});

test("two admins who take each other's role at once leave one of them", async () => {
  for (let round = 0; round < 10; round++) {
    await db`delete from staff_roles`;
    const [one, two] = [await newUser(ports), await newUser(ports)];
    for (const userId of [one, two]) await admin.replaceRoles(ports, { me: one, userId, roles: ["admin"] });
    const take = (me: UserId, userId: UserId) => admin.replaceRoles(ports, { me, userId, roles: [] });
    const outcomes = await Promise.allSettled([take(one, two), take(two, one)]);
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await db`select role from staff_roles`).toEqual([{ role: "admin" }]);
  }
});

test("of two who set roles at once one wins whole", async () => {
  const [me, userId] = [await newUser(ports), await newUser(ports)];
  await Promise.all([
    admin.replaceRoles(ports, { me, userId, roles: ["support"] }),
    admin.replaceRoles(ports, { me, userId, roles: ["analyst"] }),
  ]);
  expect(await db`select role from staff_roles where user_id = ${userId}`).toHaveLength(1);
});

test("PUT roles answers user.notFound for nobody, and auth.forbidden to an admin who would stop being one", async () => {
  const me = await newUser(ports);
  await expect(admin.replaceRoles(ports, { me, userId: ports.ids.next(), roles: [] })).rejects.toMatchObject({ code: "user.notFound" });
  await expect(admin.replaceRoles(ports, { me, userId: me, roles: ["support"] })).rejects.toMatchObject({ code: "auth.forbidden" });
  expect(await admin.replaceRoles(ports, { me, userId: me, roles: ["admin", "support"] })).toMatchObject({ roles: ["support", "admin"] });
});
