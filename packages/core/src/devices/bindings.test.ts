import type { DeviceId, SessionId, UserId } from "@pendo/contract/ids";
import type { PushPlatform } from "@pendo/contract/pushToken";
import { expect, test } from "vitest";
import { requestOtp, verifyOtp } from "../auth/auth.fixture.ts";
import { verify } from "../auth/accessTokens.ts";
import { codeOf } from "../auth/code.ts";
import { refresh } from "../auth/refresh.ts";
import { couple } from "../conversations/couple.fixture.ts";
import { addPhone, messaged, phones, write } from "../notifications/notices.fixture.ts";
import { release } from "../notifications/release.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { open, session } from "../realtime/socket.fixture.ts";
import * as sessions from "../sessions/sessions.ts";
import { ofUsers } from "./devices.sql.ts";
import { replacePushToken } from "./devices.ts";

const DAY_MS = 86_400_000;
const db = testDb();
const ports = testPorts(db);

const bind = (userId: UserId, sessionId: SessionId, device: string, platform: PushPlatform = "ios") =>
  replacePushToken(ports, { userId, sessionId, deviceId: `device-${device}` as DeviceId, platform, token: `token-${device}-${userId}` });
const bound = async (userId: UserId) => (await ofUsers(db, [userId], ports.clock.now())).map(({ token }) => token.split("-")[1]);

async function signedIn() {
  const email = `person${ports.ids.next()}@example.com`;
  const { challengeId } = await requestOtp(ports, { email });
  const tokens = await verifyOtp(ports, { challengeId, code: codeOf(ports.secrets, { challengeId, email }) });
  const { sessionId } = await verify(ports, tokens.accessToken);
  return { ...tokens, sessionId };
}
type SignedIn = Awaited<ReturnType<typeof signedIn>>;

const endings: Record<string, (its: SignedIn) => Promise<unknown>> = {
  "the user logs out": ({ userId, sessionId }) => sessions.logout(ports, { userId, sessionId }),
  "the session is revoked from another device": ({ userId, sessionId }) => sessions.revoke(ports, { userId, sessionId, reason: "revoked" }),
  "a refresh token of it is used again": async ({ refreshToken }) => {
    await refresh(ports, { refreshToken });
    await expect(refresh(ports, { refreshToken })).rejects.toMatchObject({ code: "auth.refreshInvalid" });
  },
};

test.for(Object.entries(endings))("a phone and a browser get no more pushes when %s, and the other device does", async ([, end]) => {
  const its = await signedIn();
  await bind(its.userId, its.sessionId, "phone");
  await bind(its.userId, its.sessionId, "browser", "web");
  await bind(its.userId, await session(ports, its.userId), "tablet");

  await end(its);

  expect(await bound(its.userId)).toEqual(["tablet"]);
  expect(await db`select token from devices where user_id = ${its.userId}`).toHaveLength(1);
});

test("no device gets pushes when all sessions are ended", async () => {
  const its = await signedIn();
  await bind(its.userId, its.sessionId, "phone");
  await bind(its.userId, await session(ports, its.userId), "tablet");

  await sessions.revokeAll(ports, { userId: its.userId, reason: "suspended" });

  expect(await bound(its.userId)).toEqual([]);
});

test("a push that is held for a phone is not sent to it after the user logged out of it", async () => {
  const push = phones();
  const held = { ...ports, push };
  const pair = await couple(held);
  const sessionId = await session(held, pair.b);
  await addPhone(held, pair.b, "phone", sessionId);
  const tablet = await addPhone(held, pair.b, "tablet");
  await open(held, pair.b);
  await messaged(held, await write(held, pair));

  await sessions.logout(held, { userId: pair.b, sessionId });
  held.clock.advance(31_000);
  await release(held);

  expect(push.notes.map(({ token }) => token)).toEqual([tablet]);
});

test("a binding made while its session is being ended gets no pushes", async () => {
  const its = await signedIn();
  await sessions.logout(ports, its);

  await bind(its.userId, its.sessionId, "phone");

  expect(await bound(its.userId)).toEqual([]);
});

test("a session that was not used for 30 days, or that is 90 days old, ends its bindings; one that is used keeps them", async () => {
  const userId = (await signedIn()).userId;
  const [used, unused] = [await session(ports, userId), await session(ports, userId)];
  await bind(userId, used, "used");
  await bind(userId, unused, "unused");
  for (let day = 0; day < 31; day += 10) {
    ports.clock.advance(10 * DAY_MS);
    await db`update sessions set last_used_at = ${ports.clock.now()} where id = ${used}`;
  }
  expect(await bound(userId)).toEqual(["used"]);

  ports.clock.advance(51 * DAY_MS);
  await db`update sessions set last_used_at = ${ports.clock.now()} where id = ${used}`;
  expect(await bound(userId)).toEqual([]);
});

test("a binding of the code before goes on until it is made again; then it ends with the session that made it", async () => {
  const { userId, sessionId } = await signedIn();
  await db`insert into devices (user_id, device_id, platform, token, updated_at) values (${userId}, 'device-phone', 'ios', ${`token-phone-${userId}`}, now())`;
  await sessions.revokeAll(ports, { userId, reason: "revoked" });
  expect(await bound(userId)).toEqual(["phone"]);

  const later = await session(ports, userId);
  await bind(userId, later, "phone");
  expect(await bound(userId)).toEqual(["phone"]);
  await sessions.logout(ports, { userId, sessionId });
  expect(await bound(userId)).toEqual(["phone"]);
  await sessions.logout(ports, { userId, sessionId: later });
  expect(await bound(userId)).toEqual([]);
});
