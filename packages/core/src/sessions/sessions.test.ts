import type { SessionId, UserId } from "@pendo/contract/ids";
import * as routes from "@pendo/contract/routes/sessions";
import { expect, test } from "vitest";
import { insertUser } from "../auth/auth.sql.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { revokedBecause } from "../rules/revoked.ts";
import * as sessions from "./sessions.ts";

const db = testDb();
const ports = testPorts(db);

async function newUser(): Promise<UserId> {
  const userId = ports.ids.next<UserId>();
  await db.begin((tx) => insertUser(tx, { userId, email: `${userId}@example.com`, locale: "en", at: ports.clock.now() }));
  return userId;
}
async function newSession(userId: UserId, deviceName: string | null = null): Promise<SessionId> {
  const { sessionId } = await db.begin((tx) => sessions.start(ports, tx, { userId, deviceName }));
  return sessionId;
}
const list = (userId: UserId, sessionId: SessionId, limit = 25, cursor?: string) =>
  sessions.list(ports, { userId, sessionId, limit, cursor });
const revokedFacts = async (userId: UserId) =>
  (await ports.facts("session.revoked")).filter(({ data }) => data.userId === userId).map(({ data }) => data.sessionId);

test("GET /v1/me/sessions lists mine that go on, newest first, and marks the one that asks", async () => {
  const [me, other] = [await newUser(), await newUser()];
  const phone = await newSession(me, "phone");
  const laptop = await newSession(me);
  await newSession(other);
  const ended = await newSession(me);
  await sessions.revoke(ports, { userId: me, sessionId: ended, reason: "revoked" });
  const page = await list(me, phone);
  expect(page.items.map(({ id, deviceName, current }) => [id, deviceName, current])).toEqual([
    [laptop, null, false],
    [phone, "phone", true],
  ]);
  expect(page.next).toBeNull();
  expect(routes.list.output.parse(page)).toEqual(page);
});

test("GET /v1/me/sessions comes in pages that neither lose nor repeat one", async () => {
  const me = await newUser();
  const all: SessionId[] = [];
  for (let count = 0; count < 7; count++) all.unshift(await newSession(me));
  const seen: SessionId[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await list(me, all[0] as SessionId, 3, cursor ?? undefined);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor);
  expect(seen).toEqual(all);
  await expect(list(me, all[0] as SessionId, 3, "nonsense")).rejects.toMatchObject({ code: "input.invalid" });
});

test("GET /v1/me/sessions leaves out what was not used for 30 days", async () => {
  const me = await newUser();
  await newSession(me);
  ports.clock.advance(31 * 86_400_000);
  const fresh = await newSession(me);
  expect((await list(me, fresh)).items.map(({ id }) => id)).toEqual([fresh]);
  ports.clock.advance(-31 * 86_400_000);
});

test("DELETE /v1/me/sessions/{sessionId} ends it: marked, told, and gone from the list", async () => {
  const me = await newUser();
  const [keep, drop] = [await newSession(me), await newSession(me)];
  await sessions.revoke(ports, { userId: me, sessionId: drop, reason: "revoked" });
  expect(await revokedBecause(ports.cache, drop)).toBe("revoked");
  expect(await revokedBecause(ports.cache, keep)).toBeNull();
  expect(await revokedFacts(me)).toEqual([drop]);
  expect((await list(me, keep)).items.map(({ id }) => id)).toEqual([keep]);
});

test("DELETE /v1/me/sessions/{sessionId} answers session.notFound for another's, an ended and an unknown one", async () => {
  const [me, other] = [await newUser(), await newUser()];
  const [theirs, ended] = [await newSession(other), await newSession(me)];
  await sessions.revoke(ports, { userId: me, sessionId: ended, reason: "revoked" });
  for (const sessionId of [theirs, ended, ports.ids.next<SessionId>()]) {
    await expect(sessions.revoke(ports, { userId: me, sessionId, reason: "revoked" })).rejects.toMatchObject({ code: "session.notFound" });
  }
  expect(await revokedBecause(ports.cache, theirs)).toBeNull();
  expect(await revokedFacts(other)).toEqual([]);
});

test("ten revocations at once tell it once", async () => {
  const me = await newUser();
  const sessionId = await newSession(me);
  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, () => sessions.revoke(ports, { userId: me, sessionId, reason: "revoked" })),
  );
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await revokedFacts(me)).toEqual([sessionId]);
});

test("POST /v1/auth/logout twice is as good as once", async () => {
  const me = await newUser();
  const sessionId = await newSession(me);
  await sessions.logout(ports, { userId: me, sessionId });
  await sessions.logout(ports, { userId: me, sessionId });
  expect(await revokedFacts(me)).toEqual([sessionId]);
});

test("ending all sessions of a user leaves those of others", async () => {
  const [me, other] = [await newUser(), await newUser()];
  const mine = [await newSession(me), await newSession(me)];
  const theirs = await newSession(other);
  expect(await sessions.revokeAll(ports, { userId: me, reason: "suspended" })).toBe(2);
  expect(await Promise.all(mine.map((id) => revokedBecause(ports.cache, id)))).toEqual(["suspended", "suspended"]);
  expect((await revokedFacts(me)).toSorted()).toEqual(mine.toSorted());
  expect((await list(other, theirs)).items).toHaveLength(1);
});
