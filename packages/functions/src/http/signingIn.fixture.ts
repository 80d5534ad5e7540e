import type { ChallengeId } from "@pendo/contract/ids";
import * as routes from "@pendo/contract/routes/auth";
import { codeOf, type Digits } from "@pendo/core/auth/code";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { httpFunction } from "../middleware/http.ts";
import { call, keepingObserver, type TestAnswer } from "../middleware/testEvents.ts";
import { handlers } from "./auth.ts";

export interface Asked {
  readonly challengeId: ChallengeId;
  readonly digits: Digits;
}

/** The routes of signing in, with a database of their own, and what users and strangers do with them. */
export function signingIn() {
  const db = testDb();
  const ports = testPorts(db);
  const serve = httpFunction("auth", routes, handlers, { ports, clock: ports.clock, ids: ports.ids, observer: keepingObserver() });
  let people = 0;
  let networks = 0;
  const newEmail = (): string => `victim${++people}@example.com`;
  const freshIp = (): string => `2001:db8:${(++networks).toString(16)}::1`;

  const ask = (email: string, ip = freshIp(), deviceToken?: string): Promise<TestAnswer> =>
    call(serve, routes.requestOtp.at, { body: { email, ...(deviceToken && { deviceToken }) }, ip });
  const answer = (challengeId: ChallengeId, code: string, ip = freshIp()): Promise<TestAnswer> =>
    call(serve, routes.verifyOtp.at, { body: { challengeId, code }, ip });
  const answerNonsense = (body: unknown, ip: string): Promise<TestAnswer> => call(serve, routes.verifyOtp.at, { body, ip });
  const refresh = (refreshToken: string, ip: string): Promise<TestAnswer> => call(serve, routes.refresh.at, { body: { refreshToken }, ip });

  /** The codes that were emailed to an address, oldest first. */
  const mailbox = async (email: string): Promise<string[]> => {
    const rows = await db<{ id: ChallengeId; digits: Digits }[]>`
      select c.id, c.digits from otp_challenges c join outbox o on o.type = 'otp.requested' and o.envelope -> 'data' ->> 'challengeId' = c.id::text
      where c.email = ${email} order by o.id`;
    return rows.map(({ id, digits }) => codeOf(ports.secrets, { challengeId: id, email, digits }));
  };

  /** Signs in as a user does: with the newest code of the mailbox that has the length asked for. */
  const signIn = async (email: string, { ip = freshIp(), deviceToken }: { ip?: string; deviceToken?: string } = {}) => {
    const asked = await ask(email, ip, deviceToken);
    const { challengeId, digits } = asked.json() as unknown as Asked;
    const code = (await mailbox(email)).filter((emailed) => emailed.length === digits).at(-1) ?? "";
    const { status, json } = await answer(challengeId, code, ip);
    return { asked: asked.status, status, digits, ...(json() as { deviceToken: string; refreshToken: string }) };
  };
  return { ports, newEmail, freshIp, ask, answer, answerNonsense, refresh, mailbox, signIn };
}

/** A code that is no right one, but for one in a million. */
export const wrong = (digits: Digits): string => "1".repeat(digits);
