import * as routes from "@pendo/contract/routes/auth";
import { limits } from "@pendo/contract/limits";
import type { ChallengeId } from "@pendo/contract/ids";
import { ATTEMPTS_MAX } from "@pendo/core/auth/auth";
import { ADDRESS_EMAILS, ADDRESS_EMAILS_SLOW, NETWORK_EMAILS, SHORT_CODES, TRIES } from "@pendo/core/auth/budgets";
import { codeOf, type Digits } from "@pendo/core/auth/code";
import { FAILURES_MIN } from "@pendo/core/auth/guessing";
import { testDb } from "@pendo/core/ports/db/testDb";
import { testPorts } from "@pendo/core/ports/testPorts";
import { beforeEach, describe, expect, test } from "vitest";
import { httpFunction } from "../middleware/http.ts";
import { call, keepingObserver, type TestAnswer } from "../middleware/testEvents.ts";
import { handlers } from "./auth.ts";

const db = testDb();
const ports = testPorts(db);
const observer = keepingObserver();
const serve = httpFunction("auth", routes, handlers, { ports, clock: ports.clock, ids: ports.ids, observer });

// Every test has a day of its own, so budgets of one are no other's.
beforeEach(() => ports.clock.advance(31 * 86_400_000));

let people = 0;
const newEmail = () => `victim${++people}@example.com`;
let networks = 0;
const freshIp = () => `2001:db8:${(++networks).toString(16)}::1`;

interface Asked {
  readonly challengeId: ChallengeId;
  readonly digits: Digits;
}
const ask = (email: string, ip = freshIp(), deviceToken?: string): Promise<TestAnswer> =>
  call(serve, routes.requestOtp.at, { body: { email, ...(deviceToken && { deviceToken }) }, ip });
const answer = (challengeId: ChallengeId, code: string, ip = freshIp()): Promise<TestAnswer> =>
  call(serve, routes.verifyOtp.at, { body: { challengeId, code }, ip });
const statusesOf = (answers: readonly TestAnswer[]): number[] => [...new Set(answers.map(({ status }) => status))].toSorted();

/** The codes that were emailed to an address, oldest first. */
async function mailbox(email: string): Promise<string[]> {
  const rows = await db<{ id: ChallengeId; digits: Digits }[]>`
    select c.id, c.digits from otp_challenges c join outbox o on o.type = 'otp.requested' and o.envelope -> 'data' ->> 'challengeId' = c.id::text
    where c.email = ${email} order by o.id`;
  return rows.map(({ id, digits }) => codeOf(ports.secrets, { challengeId: id, email, digits }));
}

/** Signs in as a user does: with the newest code of the mailbox that has the length asked for. */
async function signIn(email: string, { ip = freshIp(), deviceToken }: { ip?: string; deviceToken?: string } = {}) {
  const asked = await ask(email, ip, deviceToken);
  const { challengeId, digits } = asked.json() as unknown as Asked;
  const code = (await mailbox(email)).filter((emailed) => emailed.length === digits).at(-1) ?? "";
  const { status, json } = await answer(challengeId, code, ip);
  return { asked: asked.status, status, digits, ...(json() as { deviceToken: string; refreshToken: string }) };
}
const wrong = (digits: Digits): string => "1".repeat(digits);

describe("requests of strangers", () => {
  test.each([4, 200])("%i of them lock no user out, on a new device and on a known one", async (strangers) => {
    const email = newEmail();
    const { deviceToken } = await signIn(email);
    ports.clock.advance(86_400_000);

    const asked = await Promise.all(Array.from({ length: strangers }, () => ask(email)));

    expect(statusesOf(asked).filter((status) => status !== 503)).toEqual([202]);
    expect(await signIn(email, { deviceToken })).toMatchObject({ asked: 202, status: 200, digits: 6 });
    expect(await signIn(email)).toMatchObject({ asked: 202, status: 200 });
    ports.clock.advance(86_400_000);
    expect(await signIn(email)).toMatchObject({ asked: 202, status: 200, digits: 6 });
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

describe("a device that signed in before", () => {
  test("has its own budget when its network and its address have spent theirs", async () => {
    const [email, office] = [newEmail(), "192.0.2.50"];
    const { deviceToken } = await signIn(email, { ip: office });
    const spent: number[] = [];
    for (let i = 0; i < limits.auth.max - 10; i++) spent.push((await ask(`stranger${i}@example.com`, office)).status);
    expect(spent).toContain(429);

    expect(await signIn(email, { ip: office, deviceToken })).toMatchObject({ asked: 202, status: 200, digits: 6 });
  });

  test("is known for its own address only, and its token opens nothing", async () => {
    const [mine, other] = [newEmail(), newEmail()];
    const { deviceToken } = await signIn(mine);
    for (let i = 0; i < 10; i++) await ask(other);
    expect((await ask(other, freshIp(), deviceToken)).json()).toMatchObject({ digits: 10 });
    const altered = `${deviceToken.slice(0, -1)}${deviceToken.endsWith("A") ? "B" : "A"}`;
    for (let i = 0; i < 10; i++) await ask(mine);
    expect((await ask(mine, freshIp(), altered)).json()).toMatchObject({ digits: 10 });
    expect((await ask(mine, freshIp(), deviceToken)).json()).toMatchObject({ digits: 6 });
  });

  test("keeps its budget when it signs in again, and gets no other one", async () => {
    const email = newEmail();
    let { deviceToken } = await signIn(email);
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) {
      const again = await signIn(email, { deviceToken }).catch(() => null);
      statuses.push(again?.asked ?? 429);
      deviceToken = again?.deviceToken ?? deviceToken;
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
  });
});

describe("refreshes", () => {
  test("one user's sign nobody else of the same network out", async () => {
    const office = "192.0.2.60";
    const [noisy, quiet] = [await signIn(newEmail()), await signIn(newEmail())];
    const refresh = (refreshToken: string) => call(serve, routes.refresh.at, { body: { refreshToken }, ip: office });
    let { refreshToken } = noisy;
    const statuses: number[] = [];
    for (let i = 0; i < limits.refresh.max + 5; i++) {
      const answered = await refresh(refreshToken);
      statuses.push(answered.status);
      if (answered.status === 200) ({ refreshToken } = answered.json() as { refreshToken: string });
    }
    for (let i = 0; i < 400; i++) await refresh(`${ports.ids.next<string>()}.${"x".repeat(43)}`);

    expect(statuses.filter((status) => status === 200)).toHaveLength(limits.refresh.max);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect((await refresh(quiet.refreshToken)).status).toBe(200);
  });
});

describe("emails", () => {
  test("one network sends few to strangers, whoever they are", async () => {
    const ip = "192.0.2.70";
    const strangers = Array.from({ length: 60 }, newEmail);
    for (const email of strangers) await ask(email, ip);
    const sent = (await Promise.all(strangers.map(mailbox))).flat();
    expect(sent).toHaveLength(NETWORK_EMAILS[0]?.max ?? 0);
  });

  test("many networks together send few to one address", async () => {
    const email = newEmail();
    // A burst, and then a trickle to the end of a quarter of an hour.
    await Promise.all(Array.from({ length: 100 }, () => ask(email)));
    for (let i = 0; i < 29; i++) {
      ports.clock.advance(30_000);
      await ask(email);
    }
    expect((await mailbox(email)).length).toBeLessThanOrEqual(ADDRESS_EMAILS.max + 900 / ADDRESS_EMAILS_SLOW.windowSec);
  });
});

test("while most codes are wrong everywhere, new devices get longer codes, known ones do not, and all sign in", async () => {
  const known = newEmail();
  const { deviceToken } = await signIn(known);
  for (let victim = 0; victim < FAILURES_MIN; victim++) {
    const { challengeId, digits } = (await ask(newEmail())).json() as unknown as Asked;
    await answer(challengeId, wrong(digits));
  }

  expect(await signIn(newEmail())).toMatchObject({ asked: 202, status: 200, digits: 10 });
  expect(await signIn(known, { deviceToken })).toMatchObject({ asked: 202, status: 200, digits: 6 });
  ports.clock.advance(901_000);
  expect(await signIn(newEmail())).toMatchObject({ digits: 6 });
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
  for (let i = 0; i < 8; i++) expect(await shapeOf(known)).toEqual(await shapeOf(`unknown${people}@example.com`));
});
