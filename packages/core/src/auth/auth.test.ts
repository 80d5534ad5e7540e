import { createHmac, createSecretKey } from "node:crypto";
import { Email } from "@pendo/contract/email";
import type { ChallengeId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { Fault } from "../fault.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { verify } from "./accessTokens.ts";
import { requestOtp, verifyOtp } from "./auth.fixture.ts";
import { ATTEMPTS_MAX, CODE_SEC } from "./auth.ts";
import { codeOf } from "./code.ts";

const db = testDb();
const ports = testPorts(db);
let people = 0;
const newEmail = () => `person${++people}@example.com`;

async function challenge(email: string): Promise<{ challengeId: ChallengeId; code: string }> {
  const { challengeId } = await requestOtp(ports, { email });
  return { challengeId, code: codeOf(ports.secrets, { challengeId, email }) };
}
const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (thrown: unknown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
  );
const wrongOf = (code: string) => (code === "000000" ? "000001" : "000000");
async function signIn(email: string) {
  return verifyOtp(ports, await challenge(email));
}

describe("POST /v1/auth/otp/request", () => {
  test("makes a challenge and its fact, and answers when the code ends", async () => {
    const askedMs = ports.clock.now().getTime();
    const { challengeId, expiresAt } = await requestOtp(ports, { email: newEmail(), locale: "pt-BR" });
    expect((await ports.facts("otp.requested")).map(({ data }) => data.challengeId)).toContain(challengeId);
    expect(Date.parse(expiresAt)).toBeGreaterThanOrEqual(askedMs + CODE_SEC * 1000);
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(ports.clock.now().getTime() + CODE_SEC * 1000);
    const [row] = await db`select locale, attempts from otp_challenges where id = ${challengeId}`;
    expect(row).toMatchObject({ locale: "pt-BR", attempts: 0 });
  });

  test("runs the same statements for known and unknown addresses", async () => {
    const known = newEmail();
    await signIn(known);
    const statements: string[][] = [];
    for (const email of [known, newEmail()]) {
      const seen: string[] = [];
      const watched = <Sql extends object>(sql: Sql): Sql =>
        new Proxy(sql, {
          apply: (target, self, args: [TemplateStringsArray]) => (
            Array.isArray(args[0]) && seen.push(args[0].join("?")),
            Reflect.apply(target as never, self, args)
          ),
          get: (target, name) =>
            name === "begin"
              ? (work: (tx: object) => Promise<unknown>) => db.begin((tx) => work(watched(tx)))
              : (Reflect.get(target, name) as unknown),
        });
      await requestOtp({ ...ports, db: watched(db) }, { email });
      statements.push(seen);
    }
    expect(statements[0]).toHaveLength(3);
    expect(statements[0]).toEqual(statements[1]);
  });

  test("keeps the code out of the database and the outbox", async () => {
    const { challengeId, code } = await challenge(newEmail());
    const stored =
      await db`select to_jsonb(c) as stored from otp_challenges c where id = ${challengeId} union all select envelope from outbox`;
    const withoutIds = JSON.stringify(stored)
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.+Z-]*/g, "");
    expect(withoutIds).not.toContain(code);
  });
});

describe("addresses", () => {
  test.each([
    ["  Robin@Example.COM ", "robin@example.com"],
    ["ｒｏｂｉｎ＠ｅｘａｍｐｌｅ．ｃｏｍ", "robin@example.com"],
    ["ROBIN@example.com", "robin@example.com"],
    ["\u212Aim@example.com", "kim@example.com"],
  ])("%j is %s", (sent, normalized) => {
    expect(Email.parse(sent)).toBe(normalized);
  });

  test.each([
    "",
    "robin",
    "robin@",
    "@example.com",
    "robin@example",
    "a b@example.com",
    `${"a".repeat(250)}@example.com`,
    "r\u043Ebin@example.com",
    "robin@example.com\nBcc: x@example.com",
    "robin@example.com, x@example.com",
    "<robin@example.com>",
  ])("%j is refused", (sent) => {
    expect(Email.safeParse(sent).success).toBe(false);
  });
});

describe("POST /v1/auth/otp/verify", () => {
  test("registers an unknown address, with every row a user has, and signs a known one in", async () => {
    const email = newEmail();
    const first = await signIn(email);
    expect(first.registered).toBe(true);
    const [rows] = await db`
      select (select count(*)::int from users where id = ${first.userId}) as users, (select count(*)::int from profiles where user_id = ${first.userId}) as profiles,
        (select count(*)::int from preferences where user_id = ${first.userId}) as preferences, (select count(*)::int from user_heads where user_id = ${first.userId}) as heads,
        (select count(*)::int from notification_prefs where user_id = ${first.userId}) as prefs`;
    expect(rows).toEqual({ users: 1, profiles: 1, preferences: 1, heads: 1, prefs: 1 });
    expect((await ports.facts("user.registered")).filter(({ data }) => data.userId === first.userId)).toHaveLength(1);

    const second = await signIn(email);
    expect(second).toMatchObject({ userId: first.userId, registered: false });
    expect((await ports.facts("session.started")).filter(({ data }) => data.userId === first.userId)).toHaveLength(2);
    expect((await verify(ports, second.accessToken)).userId).toBe(first.userId);
  });

  test("keeps of a refresh token only its hash", async () => {
    const { refreshToken } = await signIn(newEmail());
    expect(refreshToken).toMatch(/^[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/);
    const stored = JSON.stringify(await db`select encode(hash, 'hex') as hash, to_jsonb(t) as row from refresh_tokens t`);
    expect(stored).not.toContain(refreshToken.split(".")[1]);
  });

  test("puts staff roles into the token", async () => {
    const email = newEmail();
    const { userId } = await signIn(email);
    await db`insert into staff_roles (user_id, role, granted_at) values (${userId}, 'moderator', ${ports.clock.now()})`;
    expect((await verify(ports, (await signIn(email)).accessToken)).roles).toEqual(["moderator"]);
  });

  test("two codes of one new address, used at the same moment, make one user", async () => {
    for (let round = 0; round < 10; round++) {
      const email = newEmail();
      const challenges = [await challenge(email), await challenge(email), await challenge(email)];
      const signedIn = await Promise.all(challenges.map((one) => verifyOtp(ports, one)));
      expect(new Set(signedIn.map(({ userId }) => userId)).size).toBe(1);
      expect(signedIn.filter(({ registered }) => registered)).toHaveLength(1);
      const [users] = await db`select count(*)::int from users u where not exists (select from identities where user_id = u.id)`;
      expect(users?.["count"]).toBe(0);
    }
  });

  test("50 parallel guesses get 5 tries, and spend the code", async () => {
    const { challengeId, code } = await challenge(newEmail());
    const guesses = Array.from({ length: 50 }, () => outcome(verifyOtp(ports, { challengeId, code: wrongOf(code) })));
    expect(new Set(await Promise.all(guesses))).toEqual(new Set(["auth.codeInvalid"]));
    const [row] = await db`select attempts from otp_challenges where id = ${challengeId}`;
    expect(row?.["attempts"]).toBe(ATTEMPTS_MAX);
    expect(await outcome(verifyOtp(ports, { challengeId, code }))).toBe("auth.codeInvalid");
  });

  test("the fifth try may still be right", async () => {
    const { challengeId, code } = await challenge(newEmail());
    for (let guess = 1; guess < ATTEMPTS_MAX; guess++) await outcome(verifyOtp(ports, { challengeId, code: wrongOf(code) }));
    expect(await outcome(verifyOtp(ports, { challengeId, code }))).toBe("ok");
  });

  test("one of many parallel uses of the right code gets a session", async () => {
    const { challengeId, code } = await challenge(newEmail());
    const answers = await Promise.all(Array.from({ length: 5 }, () => outcome(verifyOtp(ports, { challengeId, code }))));
    expect(answers.filter((answer) => answer === "ok")).toHaveLength(1);
    expect(await outcome(verifyOtp(ports, { challengeId, code }))).toBe("auth.codeInvalid");
  });

  test("a code is over after 10 minutes", async () => {
    const started = ports.clock.now().getTime();
    const { challengeId, code } = await challenge(newEmail());
    ports.clock.advance(CODE_SEC * 1000 + 1000);
    expect(await outcome(verifyOtp(ports, { challengeId, code }))).toBe("auth.codeInvalid");
    ports.clock.advance(started - ports.clock.now().getTime());
  });

  test("a code answers its own challenge alone, and only with this deployment's key", async () => {
    const [email, other] = [newEmail(), newEmail()];
    const [one, two] = [await challenge(email), await challenge(other)];
    const guesses = [
      codeOf(ports.secrets, { challengeId: two.challengeId, email }),
      codeOf(ports.secrets, { challengeId: one.challengeId, email: other }),
      codeOf({ ...ports.secrets, key: () => createSecretKey(Buffer.alloc(32)) }, { challengeId: one.challengeId, email }),
      createHmac("sha256", "")
        .update(one.challengeId + email)
        .digest("hex")
        .slice(0, 6),
    ].filter((guess) => guess !== one.code);
    for (const code of guesses) expect(await outcome(verifyOtp(ports, { challengeId: one.challengeId, code }))).toBe("auth.codeInvalid");
    expect(await outcome(verifyOtp(ports, { challengeId: ports.ids.next<ChallengeId>(), code: one.code }))).toBe("auth.codeInvalid");
  });

  test("a suspended user gets account.suspended, no session, and no second use of the code", async () => {
    const email = newEmail();
    const { userId } = await signIn(email);
    await db`update users set status = 'suspended' where id = ${userId}`;
    const { challengeId, code } = await challenge(email);
    expect(await outcome(verifyOtp(ports, { challengeId, code }))).toBe("account.suspended");
    expect(await outcome(verifyOtp(ports, { challengeId, code }))).toBe("auth.codeInvalid");
    const [sessions] = await db`select count(*)::int from sessions where user_id = ${userId}`;
    expect(sessions?.["count"]).toBe(1);
  });

  test("codes are spread over all six digits", () => {
    const codes = Array.from({ length: 2000 }, () =>
      codeOf(ports.secrets, { challengeId: ports.ids.next<ChallengeId>(), email: "a@example.com" }),
    );
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
    expect(new Set(codes).size).toBeGreaterThan(1980);
    expect(new Set(codes.map((code) => code[0])).size).toBe(10);
  });
});
