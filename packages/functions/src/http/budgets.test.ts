import { limits } from "@pendo/contract/limits";
import { ATTEMPTS_MAX } from "@pendo/core/auth/auth";
import { ADDRESS_EMAILS, ADDRESS_EMAILS_SLOW, NETWORK_EMAILS } from "@pendo/core/auth/budgets";
import { FAILURES_MIN } from "@pendo/core/auth/guessing";
import { beforeEach, describe, expect, test } from "vitest";
import { type Asked, signingIn, wrong } from "./signingIn.fixture.ts";

const { ports, newEmail, freshIp, ask, answer, answerNonsense, refresh, mailbox, signIn } = signingIn();

// Every test has a day of its own, so budgets of one are no other's.
beforeEach(() => ports.clock.advance(31 * 86_400_000));

describe("a device that signed in before", () => {
  test("has its own budget when its network and its address have spent theirs", async () => {
    const [email, office] = [newEmail(), "192.0.2.50"];
    const { deviceToken } = await signIn(email, { ip: office });
    const spent: number[] = [];
    for (let i = 0; i < limits.codeRequest.max + 10; i++) spent.push((await ask(`stranger${i}@example.com`, office)).status);
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

describe("nonsense of a neighbour in the network", () => {
  const unknown = (): Promise<{ status: number }> => answer(ports.ids.next(), "000000", office);
  const office = "192.0.2.51";
  const statuses = async (send: () => Promise<{ status: number }>, count: number): Promise<number[]> => {
    const answers = [];
    for (let i = 0; i < count; i++) answers.push((await send()).status);
    return answers;
  };

  test("answers to unknown challenges spend no request for a code", async () => {
    const spent = await statuses(unknown, limits.codeVerify.max + 20);

    expect(spent.filter((status) => status === 401)).toHaveLength(limits.codeVerify.max);
    expect((await ask(newEmail(), office)).status).toBe(202);
  });

  test("answers to unknown challenges keep no sign-in from its own tries, on a known device and on a new one", async () => {
    const email = newEmail();
    const { deviceToken } = await signIn(email, { ip: office });
    await statuses(unknown, limits.codeVerify.max + 20);

    expect(await signIn(email, { ip: office, deviceToken })).toMatchObject({ asked: 202, status: 200 });
    expect(await signIn(newEmail(), { ip: office })).toMatchObject({ asked: 202, status: 200 });
    const { challengeId, digits } = (await ask(email, office, deviceToken)).json() as unknown as Asked;
    expect((await answer(challengeId, wrong(digits), office)).status).toBe(401);
  });

  test("malformed answers are counted, and keep no sign-in out", async () => {
    const email = newEmail();
    const { deviceToken } = await signIn(email, { ip: office });
    const spent = await statuses(() => answerNonsense({ challengeId: "x", code: 1 }, office), limits.denied.max + 20);

    expect(spent.filter((status) => status === 400)).toHaveLength(limits.denied.max);
    expect(spent.filter((status) => status === 429)).toHaveLength(20);
    expect(await signIn(email, { ip: office, deviceToken })).toMatchObject({ asked: 202, status: 200 });
    expect(await signIn(newEmail(), { ip: office })).toMatchObject({ asked: 202, status: 200 });
  });

  test("beyond the tries of a challenge, its answers are counted by network", async () => {
    const { challengeId, digits } = (await ask(newEmail(), office)).json() as unknown as Asked;

    const spent = await statuses(() => answer(challengeId, wrong(digits), office), limits.codeVerify.max + ATTEMPTS_MAX + 20);

    expect(spent.filter((status) => status === 401)).toHaveLength(limits.codeVerify.max + ATTEMPTS_MAX);
  });
});

describe("refreshes", () => {
  test("one user's sign nobody else of the same network out", async () => {
    const office = "192.0.2.60";
    const [noisy, quiet] = [await signIn(newEmail()), await signIn(newEmail())];
    let { refreshToken } = noisy;
    const statuses: number[] = [];
    for (let i = 0; i < limits.refresh.max + 5; i++) {
      const answered = await refresh(refreshToken, office);
      statuses.push(answered.status);
      if (answered.status === 200) ({ refreshToken } = answered.json() as { refreshToken: string });
    }
    for (let i = 0; i < 400; i++) await refresh(`${ports.ids.next<string>()}.${"x".repeat(43)}`, office);

    expect(statuses.filter((status) => status === 200)).toHaveLength(limits.refresh.max);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect((await refresh(quiet.refreshToken, office)).status).toBe(200);
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
