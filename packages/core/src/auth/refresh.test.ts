import { testIds } from "../ports/ids/testIds.fixture.ts";
import { expect, test } from "vitest";
import { Fault } from "../fault.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as sessions from "../sessions/sessions.ts";
import { verify } from "./accessTokens.ts";
import { requestOtp, verifyOtp } from "./auth.fixture.ts";
import type { SignedIn, Tokens } from "./auth.ts";
import { authenticate } from "./authenticate.ts";
import { codeOf } from "./code.ts";
import { refresh } from "./refresh.ts";

const DAY_MS = 86_400_000;
const db = testDb();
const ports = testPorts(db);
let people = 0;

async function signIn(): Promise<SignedIn> {
  const email = `person${++people}@example.com`;
  const { challengeId } = await requestOtp(ports, { email });
  return verifyOtp(ports, { challengeId, code: codeOf(ports.secrets, { challengeId, email }) });
}
const tryRefresh = (refreshToken: string, attemptId?: string): Promise<Tokens | string> =>
  refresh(ports, { refreshToken, attemptId }).catch((thrown: unknown) => (thrown instanceof Fault ? thrown.code : String(thrown)));
const sessionIdOf = async ({ accessToken }: Tokens) => (await verify(ports, accessToken)).sessionId;
const newestOf = (answers: readonly (Tokens | string)[]): Tokens[] => answers.filter((answer) => typeof answer !== "string");
async function reuseFacts(sessionId: string): Promise<string[]> {
  const facts = await ports.facts();
  return facts
    .filter((fact) => "sessionId" in fact.data && fact.data.sessionId === sessionId && fact.type !== "session.started")
    .map(({ type }) => type);
}
async function restoringTime(work: () => Promise<void>): Promise<void> {
  const before = ports.clock.now().getTime();
  await work();
  ports.clock.advance(before - ports.clock.now().getTime());
}

test("POST /v1/auth/token/refresh gives a new pair of the same session", async () => {
  const first = await signIn();
  const second = await refresh(ports, first);
  expect(second.refreshToken).not.toBe(first.refreshToken);
  expect(await sessionIdOf(second)).toBe(await sessionIdOf(first));
  expect(await verify(ports, second.accessToken)).toMatchObject({ userId: first.userId });
  expect(typeof (await tryRefresh(second.refreshToken))).toBe("object");
});

test("a rotated refresh token used again revokes its session, and tells so", async () => {
  const first = await signIn();
  const sessionId = await sessionIdOf(first);
  const second = await refresh(ports, first);
  expect(await tryRefresh(first.refreshToken)).toBe("auth.refreshInvalid");
  expect(await tryRefresh(second.refreshToken)).toBe("auth.refreshInvalid");
  await expect(authenticate(ports, `Bearer ${second.accessToken}`)).rejects.toMatchObject({ code: "auth.tokenInvalid" });
  expect((await reuseFacts(sessionId)).toSorted()).toEqual(["session.refreshReused", "session.revoked"]);
  const [row] = await db`select revoke_reason from sessions where id = ${sessionId}`;
  expect(row?.["revokeReason"]).toBe("reuse");
});

test("a token rotated long ago reveals a thief just the same", async () => {
  await restoringTime(async () => {
    const first = await signIn();
    let newest: Tokens = first;
    for (let step = 0; step < 3; step++) {
      ports.clock.advance(20 * DAY_MS);
      newest = await refresh(ports, newest);
    }
    expect(await tryRefresh(first.refreshToken)).toBe("auth.refreshInvalid");
    expect(await tryRefresh(newest.refreshToken)).toBe("auth.refreshInvalid");
  });
});

test("reuse ends the one session, and none of the user's others", async () => {
  const first = await signIn();
  const { sessionId, refreshToken } = await db.begin((tx) => sessions.start(ports, tx, { userId: first.userId, deviceName: "another" }));
  await refresh(ports, first);
  await tryRefresh(first.refreshToken);
  const other = await tryRefresh(refreshToken);
  expect(typeof other === "string" ? other : await sessionIdOf(other)).toBe(sessionId);
});

test("of two refreshes at once exactly one wins", async () => {
  for (let round = 0; round < 10; round++) {
    const first = await signIn();
    const answers = await Promise.all([tryRefresh(first.refreshToken), tryRefresh(first.refreshToken)]);
    expect(newestOf(answers)).toHaveLength(1);
    expect(answers).toContain("auth.refreshInvalid");
  }
});

test("of two refreshes of which neither could know of the other, the one that loses ends nothing", async () => {
  const first = await signIn();
  // Both look before either rotates: the first rotation waits until the second request has looked.
  let looked = 0;
  let release = (): void => {};
  const bothLooked = new Promise<void>((resolve) => (release = resolve));
  const slow = new Proxy(db, {
    apply: (sql, self, args: [TemplateStringsArray]) => {
      const query = Reflect.apply(sql, self, args) as unknown as Promise<unknown>;
      if (!args[0].join("").includes("t.rotated_at, u.status")) return query;
      return query.then(async (rows) => {
        if (++looked === 2) release();
        await bothLooked;
        return rows;
      });
    },
  });
  const both = [1, 2].map(() =>
    refresh({ ...ports, db: slow }, { refreshToken: first.refreshToken }).catch((thrown: Fault) => thrown.code as string),
  );
  const answers = await Promise.all(both);
  const [winner] = newestOf(answers);
  expect(answers).toContain("auth.refreshInvalid");
  expect(await reuseFacts(await sessionIdOf(first))).toEqual([]);
  expect(typeof (await tryRefresh(winner?.refreshToken ?? ""))).toBe("object");
});

test("a client that lost the answer gets the same refresh token again by its attemptId, and is not signed out", async () => {
  const first = await signIn();
  const attemptId = testIds.next();
  const lost = await refresh(ports, { ...first, attemptId });
  const again = await refresh(ports, { ...first, attemptId });
  expect(again.refreshToken).toBe(lost.refreshToken);
  expect(await reuseFacts(await sessionIdOf(first))).toEqual([]);
  expect(typeof (await tryRefresh(again.refreshToken))).toBe("object");
});

test("20 retries of one attempt at once get the same refresh token", async () => {
  const first = await signIn();
  const attemptId = testIds.next();
  const answers = await Promise.all(Array.from({ length: 20 }, () => tryRefresh(first.refreshToken, attemptId)));
  expect(newestOf(answers)).toHaveLength(20);
  expect(new Set(newestOf(answers).map(({ refreshToken }) => refreshToken)).size).toBe(1);
  const [tokens] = await db`select count(*)::int from refresh_tokens where session_id = ${await sessionIdOf(first)}`;
  expect(tokens?.["count"]).toBe(2);
});

test.each([
  ["with an attemptId of their own", () => testIds.next()],
  ["without one", () => undefined],
])("whoever replays a rotated token %s is seen as a thief", async (_who, attempt) => {
  const first = await signIn();
  const mine = await refresh(ports, { ...first, attemptId: testIds.next() });
  expect(await tryRefresh(first.refreshToken, attempt())).toBe("auth.refreshInvalid");
  expect(await tryRefresh(mine.refreshToken)).toBe("auth.refreshInvalid");
});

test("an attempt can't be replayed once its refresh token was used", async () => {
  const first = await signIn();
  const attemptId = testIds.next();
  const second = await refresh(ports, { ...first, attemptId });
  await refresh(ports, second);
  expect(await tryRefresh(first.refreshToken, attemptId)).toBe("auth.refreshInvalid");
  expect(await reuseFacts(await sessionIdOf(first))).toContain("session.refreshReused");
});

test("a session ends after 30 days without use, and after 90 days whatever its use", async () => {
  await restoringTime(async () => {
    const idle = await signIn();
    ports.clock.advance(30 * DAY_MS);
    expect(await tryRefresh(idle.refreshToken)).toBe("auth.refreshInvalid");
  });
  await restoringTime(async () => {
    let busy: Tokens = await signIn();
    for (let step = 0; step < 3; step++) {
      ports.clock.advance(29 * DAY_MS);
      busy = await refresh(ports, busy);
    }
    ports.clock.advance(3 * DAY_MS);
    expect(await tryRefresh(busy.refreshToken)).toBe("auth.refreshInvalid");
  });
});

test("tokens of ended sessions, of suspended users, and made-up ones are refused", async () => {
  const out = await signIn();
  await sessions.logout(ports, { userId: out.userId, sessionId: await sessionIdOf(out) });
  expect(await tryRefresh(out.refreshToken)).toBe("auth.refreshInvalid");

  const suspended = await signIn();
  await db`update users set status = 'suspended' where id = ${suspended.userId}`;
  expect(await tryRefresh(suspended.refreshToken)).toBe("account.suspended");

  const victim = await signIn();
  const [, secret = ""] = victim.refreshToken.split(".");
  const madeUp = [
    `${await sessionIdOf(victim)}.${"A".repeat(43)}`,
    `${await sessionIdOf(out)}.${secret}`,
    "",
    victim.accessToken,
    victim.refreshToken.toUpperCase(),
  ];
  for (const token of madeUp) expect(await tryRefresh(token)).toBe("auth.refreshInvalid");
  expect(typeof (await tryRefresh(victim.refreshToken))).toBe("object");
});

test("of a refresh and a revocation at the same time, nothing usable is left", async () => {
  for (let round = 0; round < 10; round++) {
    const first = await signIn();
    const sessionId = await sessionIdOf(first);
    const [answer] = await Promise.all([
      tryRefresh(first.refreshToken),
      sessions.revoke(ports, { userId: first.userId, sessionId, reason: "revoked" }),
    ]);
    if (typeof answer === "string") continue;
    expect(await tryRefresh(answer.refreshToken)).toBe("auth.refreshInvalid");
    await expect(authenticate(ports, `Bearer ${answer.accessToken}`)).rejects.toMatchObject({ code: "auth.tokenInvalid" });
  }
});
