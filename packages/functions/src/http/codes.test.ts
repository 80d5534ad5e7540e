import { ATTEMPTS_MAX } from "@pendo/core/auth/auth";
import { ADDRESS_EMAILS, ADDRESS_EMAILS_SLOW, NETWORK_EMAILS, SHORT_CODES, TRIES } from "@pendo/core/auth/budgets";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestAnswer } from "../middleware/testEvents.ts";
import { type Asked, signingIn, wrong } from "./signingIn.fixture.ts";

const { ports, newEmail, freshIp, ask, answer, mailbox, signIn } = signingIn();
const statusesOf = (answers: readonly TestAnswer[]): number[] => [...new Set(answers.map(({ status }) => status))].toSorted();

// Every test has a day of its own, so budgets of one are no other's.
beforeEach(() => ports.clock.advance(31 * 86_400_000));

describe("requests of strangers", () => {
  test.each([4, 200])("%i of them lock no user out, on a new device and on a known one", async (strangers) => {
    const email = newEmail();
    const { deviceToken } = await signIn(email);
    ports.clock.advance(86_400_000);

    const asked = await Promise.all(Array.from({ length: strangers }, () => ask(email)));

    // Of many at once, some come while the code to share is being made.
    expect(statusesOf(asked).filter((status) => status !== 429)).toEqual([202]);
    expect(asked.filter(({ status, headers }) => status === 429 && headers["retry-after"] !== "1")).toEqual([]);
    expect(await signIn(email)).toMatchObject({ asked: 202, status: 200 });
    expect(await signIn(email, { deviceToken })).toMatchObject({ asked: 202, status: 200, digits: 6 });
    ports.clock.advance(86_400_000);
    expect(await signIn(email)).toMatchObject({ asked: 202, status: 200, digits: 6 });
  });

  test.each([5, 50, 200])("%i of them before each sign-in keep none of three new devices out within a minute", async (strangers) => {
    const email = newEmail();
    await signIn(email);
    const signedIn: unknown[] = [];
    for (let device = 0; device < 3; device++) {
      for (let stranger = 0; stranger < strangers; stranger++) expect((await ask(email)).status).toBe(202);
      signedIn.push(await signIn(email));
      ports.clock.advance(15_000);
    }

    expect(signedIn).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ asked: 202, status: 200 }) as unknown));
    // The sign-up needed one, and each use since allowed a few at once and a slow one.
    expect((await mailbox(email)).length).toBeLessThanOrEqual(1 + 3 * (ADDRESS_EMAILS.max + 1));
  });

  test("twelve honest sign-ins in a row need no device token and no wait", async () => {
    const email = newEmail();
    for (let device = 0; device < 12; device++) expect(await signIn(email)).toMatchObject({ asked: 202, status: 200 });
    expect(await mailbox(email)).toHaveLength(12);
  });

  test("a network that may cause no more emails spends nothing of an address", async () => {
    const [email, ip] = [newEmail(), freshIp()];
    for (let i = 0; i < (NETWORK_EMAILS[0]?.max ?? 0); i++) await ask(newEmail(), ip);
    for (let i = 0; i < 10; i++) expect((await ask(email, ip)).status).toBe(429);

    for (let device = 0; device < 3; device++) expect((await ask(email)).json()).toMatchObject({ digits: 6 });
  });

  test("where no code can be sent and none be shared, the answer is 429 and says when a code can be sent", async () => {
    const email = newEmail();
    const requests = ADDRESS_EMAILS.max + 1;
    for (let i = 0; i < requests; i++) await ask(email);
    // What is left where the process that made the code to share died.
    await ports.db`delete from otp_challenges where email = ${email}`;
    ports.clock.advance(100_000);

    const refused = await ask(email);
    const retryAfterSec = Number(refused.headers["retry-after"]);
    ports.clock.advance(retryAfterSec * 1000);

    expect(refused).toMatchObject({ status: 429 });
    expect(refused.json()).toMatchObject({ code: "rate.limited" });
    expect(Math.abs(retryAfterSec - (ADDRESS_EMAILS_SLOW.windowSec - 100))).toBeLessThanOrEqual(5);
    expect((await ask(email)).status).toBe(202);
  });

  test("they leave a code that the user already has as it was", async () => {
    const email = newEmail();
    const { challengeId } = (await ask(email)).json() as unknown as Asked;
    const [code = ""] = await mailbox(email);
    for (let stranger = 0; stranger < 20; stranger++) {
      const theirs = (await ask(email)).json() as unknown as Asked;
      await answer(theirs.challengeId, wrong(theirs.digits));
    }
    expect((await answer(challengeId, code)).status).toBe(200);
  });

  test("a code that several challenges share is used once", async () => {
    const email = newEmail();
    const asked: Asked[] = [];
    for (let i = 0; i < 8; i++) asked.push((await ask(email)).json() as unknown as Asked);
    const code = (await mailbox(email)).at(-1) ?? "";
    const sharing = asked.slice(-3).map(({ challengeId }) => challengeId);

    const answers = await Promise.all(sharing.map((challengeId) => answer(challengeId, code)));

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401]);
  });
});

describe("guesses", () => {
  test("strangers of 300 networks together have few guesses at six digits, at one address in a day", async () => {
    const email = newEmail();
    const tried = { 6: 0, 10: 0 };
    for (let stranger = 0; stranger < 300; stranger++) {
      if (stranger % 30 === 0) ports.clock.advance(3_600_000);
      const ip = freshIp();
      const asked = await ask(email, ip);
      if (asked.status !== 202) continue;
      const { challengeId, digits } = asked.json() as unknown as Asked;
      for (let guess = 0; guess < ATTEMPTS_MAX; guess++) {
        if ((await answer(challengeId, wrong(digits), ip)).status === 401) tried[digits] += 1;
      }
    }

    const shortMax = (SHORT_CODES[0]?.max ?? 0) * ATTEMPTS_MAX;
    const perYear = ((SHORT_CODES[1]?.max ?? 0) * ATTEMPTS_MAX * 365) / 30 / 1e6 + (tried[10] * 365) / 1e10;
    const perDay = tried[6] / 1e6 + tried[10] / 1e10;
    process.stdout.write(
      `guesses at one address in a day: ${tried[6]} at 6 digits, ${tried[10]} at 10; found with chance ${perDay.toExponential(1)} a day, ${perYear.toExponential(1)} a year\n`,
    );
    expect(tried[6]).toBeLessThanOrEqual(shortMax);
    expect(shortMax).toBeLessThanOrEqual(15);
    expect(perYear).toBeLessThan(0.001);
    expect(await signIn(email)).toMatchObject({ asked: 202, status: 200 });
  });

  test("one network has ten tries in a quarter of an hour and twenty a day for one address, and more for others", async () => {
    const [email, ip] = [newEmail(), freshIp()];
    const tries = async (count: number): Promise<number[]> => {
      const statuses: number[] = [];
      while (statuses.length < count) {
        const { challengeId, digits } = (await ask(email)).json() as unknown as Asked;
        for (let i = 0; i < ATTEMPTS_MAX && statuses.length < count; i++)
          statuses.push((await answer(challengeId, wrong(digits), ip)).status);
      }
      return statuses;
    };
    const [quarter, day] = TRIES.map(({ max }) => max) as [number, number];

    expect((await tries(quarter + 2)).filter((status) => status === 401)).toHaveLength(quarter);
    ports.clock.advance(901_000);
    expect((await tries(day - quarter + 2)).filter((status) => status === 401)).toHaveLength(day - quarter);
    ports.clock.advance(901_000);
    const { challengeId, digits } = (await ask(email)).json() as unknown as Asked;
    expect((await answer(challengeId, wrong(digits), ip)).json()).toMatchObject({
      status: 403,
      code: "auth.codesSpent",
      resetsAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(await signIn(newEmail(), { ip })).toMatchObject({ status: 200 });
  });
});

test("known and unknown addresses get the same answer", async () => {
  const known = newEmail();
  await signIn(known);
  ports.clock.advance(86_400_000);
  const shapeOf = async (email: string): Promise<unknown> => {
    const { status, headers, json } = await ask(email);
    const { challengeId, expiresAt, ...rest } = json();
    return { status, names: Object.keys(headers).toSorted(), fields: [typeof challengeId, typeof expiresAt], rest };
  };
  for (let i = 0; i < 8; i++) expect(await shapeOf(known)).toEqual(await shapeOf(`unknown-${known}`));
});
