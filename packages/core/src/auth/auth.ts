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
import { openTries, returnTries, spendAnswer, spendNetworkRequest, spendTry } from "./budgets.ts";
import { isCanaryAddress } from "./canary.ts";
import { type Digits, isCodeOf } from "./code.ts";
import { planCode } from "./codePlan.ts";
import { countAnswer } from "./guessing.ts";
import { deviceIdOf, deviceToken } from "./knownDevice.ts";

/** How long a code is good for. */
export const CODE_SEC = 600;
/** How often a code may be guessed. */
export const ATTEMPTS_MAX = 5;

export interface Tokens {
  readonly accessToken: string;
  readonly expiresInSec: number;
  readonly refreshToken: string;
}

export interface SignedIn extends Tokens {
  readonly userId: UserId;
  readonly registered: boolean;
  readonly deviceToken: string;
}

export interface CodeRequest {
  readonly email: string;
  readonly locale?: string | undefined;
  /** From an earlier sign-in of the device that asks. */
  readonly deviceToken?: string | undefined;
  /** The network address of the device. */
  readonly ip: string;
}

/**
 * Starts a sign-in by email. It does the same work for an address that has an account and for one that has none, and sends nothing itself: the
 * email follows from `otp.requested`. What strangers ask for never keeps a user out; see `planCode`.
 * @throws {Fault} `rate.limited`: the device, its network or the address got too many codes; see `planCode`
 * @throws {Fault} `auth.codesSpent`: the device or its network used up the budget of a day
 */
export async function requestOtp(
  ports: Uses<"db" | "bus" | "cache" | "secrets">,
  { email, locale = "en", deviceToken: token, ip }: CodeRequest,
): Promise<{ challengeId: ChallengeId; expiresAt: string; digits: Digits }> {
  const { db, bus, clock, ids } = ports;
  const deviceId = deviceIdOf(ports, { token, email });
  if (!deviceId) await spendNetworkRequest(ports.cache, "codeRequest", ip);
  const { digits, shared } = await planCode(ports, { email, deviceId, ip });
  const at = clock.now();
  const challengeId = ids.next<ChallengeId>();
  const expiresAt = shared?.expiresAt ?? new Date(at.getTime() + CODE_SEC * 1000);
  await db.begin(async (tx) => {
    await insertChallenge(tx, { challengeId, email, locale, digits, codeOf: shared?.challengeId ?? null, deviceId, expiresAt, at });
    if (!shared) await bus.emit(tx, "otp.requested", { challengeId });
  });
  await openTries(ports.cache, { challengeId, goodSec: CODE_SEC });
  return { challengeId, expiresAt: expiresAt.toISOString(), digits };
}

/**
 * Exchanges a code for a session. The first code of an address registers it; of several at once, one does.
 * @throws {Fault} `auth.codeInvalid`: the code is wrong, over, used, or guessed too often; or its account was deleted
 * @throws {Fault} `rate.limited`: this device, or a new device's network, tried too many codes for this address
 * @throws {Fault} `auth.codesSpent`: the same in a day
 * @throws {Fault} `account.suspended`: the code is right, and the account is suspended
 */
export async function verifyOtp(
  ports: Uses<"db" | "bus" | "cache" | "secrets">,
  { challengeId, code, deviceName, ip }: { challengeId: ChallengeId; code: string; deviceName?: string | undefined; ip: string },
): Promise<SignedIn> {
  const { db, clock } = ports;
  const challenge = await answeredChallenge(ports, { challengeId, code, ip });
  const outcome = await db.begin(async (tx) => {
    if (!(await consumeChallenge(tx, { ...challenge, challengeId, at: clock.now() }))) return "used";
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
  return { ...access, refreshToken, userId: user.userId, registered, deviceToken: deviceToken(ports, challenge) };
}

/**
 * The challenge that a code answers.
 * @throws {Fault} `auth.codeInvalid`: the code is wrong, over, or guessed too often
 * @throws {Fault} `rate.limited`: this device, or a new device's network, tried too many codes
 * @throws {Fault} `auth.codesSpent`: the same in a day
 */
async function answeredChallenge(
  ports: Uses<"db" | "cache" | "secrets">,
  { challengeId, code, ip }: { readonly challengeId: ChallengeId; readonly code: string; readonly ip: string },
): Promise<ChallengeRow> {
  await spendAnswer(ports.cache, { challengeId, ip, triesMax: ATTEMPTS_MAX, goodSec: CODE_SEC });
  // The attempt is taken before the code is looked at, and outside any transaction: a wrong guess must stay counted.
  const challenge = await takeAttempt(ports.db, challengeId, ATTEMPTS_MAX, ports.clock.now());
  if (!challenge) throw new Fault("auth.codeInvalid");
  const spender = { ...challenge, ip };
  await spendTry(ports, spender);
  const isRight = isCodeOf(ports.secrets, { ...challenge, challengeId: challenge.codeOf ?? challengeId }, code);
  await countAnswer(ports.cache, isRight);
  if (!isRight) throw new Fault("auth.codeInvalid");
  await returnTries(ports, spender);
  return challenge;
}

async function findOrRegister(
  { bus, secrets, clock, ids }: Uses<"bus" | "secrets">,
  tx: Tx,
  { email, locale }: ChallengeRow,
): Promise<{ user: UserRow; registered: boolean }> {
  const known = await findUserByEmail(tx, email);
  if (known) return { user: known, registered: false };
  const userId = ids.next<UserId>();
  if (await insertUser(tx, { userId, email, locale, at: clock.now(), isCanary: isCanaryAddress(email, secrets.publicUrl) })) {
    await bus.emit(tx, "user.registered", { userId }, { actor: userId });
    return { user: { userId, status: "active", roles: [] }, registered: true };
  }
  // Another code of the same address was faster, and has committed.
  const winner = await findUserByEmail(tx, email);
  if (!winner) throw new Error("An address is taken, and nobody has it.");
  return { user: winner, registered: false };
}
