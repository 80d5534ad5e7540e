import { createHmac } from "node:crypto";
import type { ChallengeId, UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import * as sessions from "../sessions/sessions.ts";
import { issue } from "./accessTokens.ts";
import {
  consumeChallenge,
  findUserByEmail,
  insertChallenge,
  insertUser,
  takeAttempt,
  type ChallengeRow,
  type UserRow,
} from "./auth.sql.ts";
import { isCodeOf } from "./code.ts";

/** How long a code is good for. */
export const CODE_SEC = 600;
/** How often a code may be guessed. */
export const ATTEMPTS_MAX = 5;
/** How many codes one address may ask for. With the attempts of each, a day of guessing finds one code in ten thousand. */
export const CODES_PER_EMAIL = [
  { name: "short", max: 5, windowSec: 900 },
  { name: "day", max: 20, windowSec: 86_400 },
] as const;

export interface Tokens {
  readonly accessToken: string;
  readonly expiresInSec: number;
  readonly refreshToken: string;
}

export interface SignedIn extends Tokens {
  readonly userId: UserId;
  readonly registered: boolean;
}

/**
 * Starts a sign-in by email. It does the same work for an address that has an account and for one that has none, and sends nothing itself: the
 * letter follows from `otp.requested`.
 * @throws {Fault} `rate.limited` where the address asked too often.
 */
export async function requestOtp(
  ports: Uses<"db" | "bus" | "cache" | "secrets">,
  { email, locale = "en" }: { email: string; locale?: string | undefined },
): Promise<{ challengeId: ChallengeId; expiresAt: string }> {
  await limitCodes(ports, email);
  const { db, bus, clock, ids } = ports;
  const at = clock.now();
  const challengeId = ids.next<ChallengeId>();
  const expiresAt = new Date(at.getTime() + CODE_SEC * 1000);
  await db.begin(async (tx) => {
    await insertChallenge(tx, { challengeId, email, locale, expiresAt, at });
    await bus.emit(tx, "otp.requested", { challengeId });
  });
  return { challengeId, expiresAt: expiresAt.toISOString() };
}

/**
 * Exchanges a code for a session. The first code of an address registers it; of several at once, one does.
 * @throws {Fault} `auth.codeInvalid` where the code is wrong, over, used, or guessed too often; `account.suspended`.
 */
export async function verifyOtp(
  ports: Uses<"db" | "bus" | "secrets">,
  { challengeId, code, deviceName }: { challengeId: ChallengeId; code: string; deviceName?: string | undefined },
): Promise<SignedIn> {
  const { db, secrets, clock } = ports;
  // The attempt is taken before the code is looked at, and outside the transaction: a wrong guess must stay counted.
  const challenge = await takeAttempt(db, challengeId, ATTEMPTS_MAX, clock.now());
  if (!challenge || !isCodeOf(secrets, { challengeId, email: challenge.email }, code)) throw new Fault("auth.codeInvalid");

  const outcome = await db.begin(async (tx) => {
    if (!(await consumeChallenge(tx, challengeId, clock.now()))) return "used";
    const { user, registered } = await findOrRegister(ports, tx, challenge);
    if (user.status === "suspended" || user.status === "deleted") return user.status;
    const session = await sessions.start(ports, tx, { userId: user.userId, deviceName: deviceName ?? null });
    return { ...session, user, registered };
  });
  // Not thrown inside: that would give the code back.
  if (outcome === "suspended") throw new Fault("account.suspended");
  if (outcome === "used" || outcome === "deleted") throw new Fault("auth.codeInvalid");
  const { user, sessionId, refreshToken, registered } = outcome;
  const access = await issue(ports, { userId: user.userId, sessionId, roles: user.roles });
  return { ...access, refreshToken, userId: user.userId, registered };
}

async function findOrRegister(
  { bus, clock, ids }: Uses<"bus">,
  tx: Tx,
  { email, locale }: ChallengeRow,
): Promise<{ user: UserRow; registered: boolean }> {
  const known = await findUserByEmail(tx, email);
  if (known) return { user: known, registered: false };
  const userId = ids.next<UserId>();
  if (await insertUser(tx, { userId, email, locale, at: clock.now() })) {
    await bus.emit(tx, "user.registered", { userId }, { actor: userId });
    return { user: { userId, status: "active", roles: [] }, registered: true };
  }
  // Another code of the same address was faster, and has committed.
  const winner = await findUserByEmail(tx, email);
  if (!winner) throw new Error("An address is taken, and nobody has it.");
  return { user: winner, registered: false };
}

async function limitCodes({ cache, secrets }: Uses<"cache" | "secrets">, email: string): Promise<void> {
  // Keys of the cache show up in its tools; addresses don't belong there.
  const who = createHmac("sha256", secrets.key("otp")).update(`limit\0${email}`).digest("base64url");
  for (const { name, max, windowSec } of CODES_PER_EMAIL) {
    const { allowed, resetAt } = await cache.hit(`otp:${name}:${who}`, max, windowSec);
    if (!allowed) throw new Fault("rate.limited", { retryAt: resetAt });
  }
}
