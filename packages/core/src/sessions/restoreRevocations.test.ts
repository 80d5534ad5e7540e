import type { SessionId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import * as admin from "../admin/admin.ts";
import { insertUser } from "../auth/auth.sql.ts";
import { issue } from "../auth/accessTokens.ts";
import { authenticate } from "../auth/authenticate.ts";
import { refresh } from "../auth/refresh.ts";
import { memoryCache } from "../ports/cache/memory.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as sessions from "./sessions.ts";

const db = testDb();
const ports = testPorts(db);

interface SignedIn {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly refreshToken: string;
  readonly accessToken: string;
}

async function signIn(userId: UserId = ports.ids.next<UserId>()): Promise<SignedIn> {
  const started = await db.begin(async (tx) => {
    await insertUser(tx, { userId, email: `${userId}@example.com`, locale: "en", at: ports.clock.now() });
    return await sessions.start(ports, tx, { userId, deviceName: null });
  });
  const { accessToken } = await issue(ports, { userId, sessionId: started.sessionId, roles: [] });
  return { userId, ...started, accessToken };
}

/** What a host with an empty cache answers: first as it is, then with its marks restored. */
async function afterRestart({ accessToken }: SignedIn): Promise<string[]> {
  const restarted = { ...ports, cache: memoryCache({ clock: ports.clock }) };
  const call = (): Promise<string> =>
    authenticate(restarted, `Bearer ${accessToken}`).then(
      () => "ok",
      ({ code }: { code: string }) => code,
    );
  const before = await call();
  await sessions.restoreRevocations(restarted);
  return [before, await call()];
}

const endings: Record<string, [string, (who: SignedIn) => Promise<unknown>]> = {
  "a logout": ["auth.tokenInvalid", (who) => sessions.logout(ports, who)],
  "a revocation from another device": ["auth.tokenInvalid", (who) => sessions.revoke(ports, { ...who, reason: "revoked" })],
  "a refresh token used twice": [
    "auth.tokenInvalid",
    async (who) => {
      await refresh(ports, who);
      await expect(refresh(ports, who)).rejects.toMatchObject({ code: "auth.refreshInvalid" });
    },
  ],
  "the loss of a staff role": [
    "auth.tokenInvalid",
    async ({ userId }) => {
      const me = (await signIn()).userId;
      for (const id of [me, userId])
        await db`insert into staff_roles (user_id, role, granted_at) values (${id}, 'admin', ${ports.clock.now()})`;
      await admin.replaceRoles(ports, { me, userId, roles: ["analyst"] });
    },
  ],
  "a suspension": ["account.suspended", ({ userId }) => sessions.revokeAll(ports, { userId, reason: "suspended" })],
  "a suspension that left the sessions": [
    "account.suspended",
    ({ userId }) => db`update users set status = 'suspended' where id = ${userId}`,
  ],
  "a deletion that left the sessions": ["auth.tokenInvalid", ({ userId }) => db`update users set status = 'deleted' where id = ${userId}`],
};

test.for(Object.entries(endings))("after %s access tokens are refused also by a process with an empty cache", async ([, [code, end]]) => {
  const [ended, other] = [await signIn(), await signIn()];

  await end(ended);
  ports.clock.advance(590_000);

  expect(await afterRestart(ended)).toEqual(["ok", code]);
  expect(await afterRestart(other)).toEqual(["ok", "ok"]);
});

test("more sessions than one step holds are all marked, and those that ended long ago are not", async () => {
  ports.clock.advance(3_600_000);
  const { userId } = await signIn();
  const at = ports.clock.now();
  const plant = (count: number, endedAt: Date) => db<{ id: SessionId }[]>`
    insert into sessions (id, user_id, created_at, last_used_at, revoked_at, revoke_reason)
    select gen_random_uuid(), ${userId}, ${endedAt}, ${endedAt}, ${endedAt}, 'revoked' from generate_series(1, ${count}) returning id`;
  await plant(500, new Date(at.getTime() - 3_000_000));
  const ended = await plant(2500, at);
  const cache = memoryCache({ clock: ports.clock });

  expect(await sessions.restoreRevocations({ ...ports, cache })).toBe(2500);
  expect(new Set(await cache.getMany(ended.map(({ id }) => `revoked:${id}`)))).toEqual(new Set(["revoked"]));
});
