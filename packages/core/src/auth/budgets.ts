import { createHmac } from "node:crypto";
import type { ChallengeId } from "@pendo/contract/ids";
import { limits } from "@pendo/contract/limits";
import { Fault } from "../fault.ts";
import { networksOf } from "../network/network.ts";
import { hitNetworks } from "../network/networkLimit.ts";
import type { Cache, Hit } from "../ports/cache/cache.ts";
import type { Secrets } from "../ports/secrets/secrets.ts";

const MINUTES_15 = 900;
const DAY = 86_400;

interface Budget {
  readonly key: string;
  readonly max: number;
  readonly windowSec: number;
}

/** What a known device may ask for: no other client spends it. */
export const DEVICE_CODES: readonly Budget[] = [
  { key: "otp:device", max: 5, windowSec: MINUTES_15 },
  { key: "otp:deviceDay", max: 20, windowSec: DAY },
];
/** How many emails with codes a network may cause, to all addresses together. */
export const NETWORK_EMAILS: readonly Budget[] = [
  { key: "otp:from", max: 20, windowSec: MINUTES_15 },
  { key: "otp:fromDay", max: 600, windowSec: DAY },
];
/** How many emails an address gets at once; beyond, one in five minutes, whose code all challenges share. */
export const ADDRESS_EMAILS: Budget = { key: "otp:to", max: 3, windowSec: MINUTES_15 };
export const ADDRESS_EMAILS_SLOW: Budget = { key: "otp:toSlow", max: 1, windowSec: 300 };
/** How many codes of six digits an address has for new devices. With the attempts of each, that bounds the guesses of all strangers together. */
export const SHORT_CODES: readonly Budget[] = [
  { key: "otp:short", max: 3, windowSec: DAY },
  { key: "otp:shortMonth", max: 15, windowSec: 30 * DAY },
];
export const DEVICE_SHORT_CODES: Budget = { key: "otp:deviceShort", max: 5, windowSec: DAY };
/** How many codes a network may try for one address, or a known device for its own. */
export const TRIES: readonly Budget[] = [
  { key: "otp:tries", max: 10, windowSec: MINUTES_15 },
  { key: "otp:triesDay", max: 20, windowSec: DAY },
];

/** Who spends budgets of codes for an address: a known device, or a network. */
export interface Spender {
  readonly email: string;
  readonly deviceId: string | null;
  readonly ip: string;
}

/** An address as keys of the cache have it: they show up in its tools, and addresses don't belong there. */
export function subjectOf(secrets: Secrets, email: string): string {
  return createHmac("sha256", secrets.key("otp")).update(`limit\0${email}`).digest("base64url");
}

/**
 * Counts a request of a new device.
 * @throws {Fault} `rate.limited`: its network sent too many requests
 */
export async function spendNetworkRequest(cache: Cache, limit: "codeRequest" | "codeVerify", ip: string): Promise<void> {
  const { max, windowSec } = limits[limit];
  const budget = { key: `limit:${limit}`, max, windowSec };
  refuseBeyond(budget, await hitNetworks(cache, budget, await networksOf(ip)));
}

/** Gives a challenge tries of its own: no neighbour in the network of its device can spend them. */
export async function openTries(cache: Cache, { challengeId, goodSec }: { challengeId: ChallengeId; goodSec: number }): Promise<void> {
  await cache.set(`otp:open:${challengeId}`, "1", goodSec);
}

/**
 * Counts an answer to a challenge before the challenge is looked up: as one of the challenge's own tries, or else by the network.
 * @throws {Fault} `rate.limited`: the network sent too many requests
 */
export async function spendAnswer(
  cache: Cache,
  { challengeId, ip, triesMax, goodSec }: { challengeId: ChallengeId; ip: string; triesMax: number; goodSec: number },
): Promise<void> {
  const isOpen = (await cache.get(`otp:open:${challengeId}`)) !== null;
  if (isOpen && (await cache.hit(`otp:answers:${challengeId}`, triesMax, goodSec)).allowed) return;
  await spendNetworkRequest(cache, "codeVerify", ip);
}

/**
 * Counts a code for a known device.
 * @throws {Fault} `rate.limited`: a budget of at most 15 minutes is used up
 * @throws {Fault} `auth.codesSpent`: a longer budget is used up; `resetsAt` says when it is back
 */
export async function spendDeviceCode(cache: Cache, deviceId: string): Promise<void> {
  for (const budget of DEVICE_CODES) refuseBeyond(budget, await spend(cache, budget, deviceId));
}

/**
 * Counts an email that the network of a new device causes.
 * @throws {Fault} `rate.limited`: a budget of at most 15 minutes is used up
 * @throws {Fault} `auth.codesSpent`: a longer budget is used up; `resetsAt` says when it is back
 */
export async function spendNetworkEmail(cache: Cache, ip: string): Promise<void> {
  for (const budget of NETWORK_EMAILS) refuseBeyond(budget, await hitNetworks(cache, budget, await networksOf(ip)));
}

/**
 * Counts a try before its code is compared, so that of many tries at once no more than the budget are compared.
 * @throws {Fault} `rate.limited`: a budget of at most 15 minutes is used up
 * @throws {Fault} `auth.codesSpent`: a longer budget is used up; `resetsAt` says when it is back
 */
export async function spendTry({ cache, secrets }: { cache: Cache; secrets: Secrets }, { email, deviceId, ip }: Spender): Promise<void> {
  const subject = subjectOf(secrets, email);
  for (const budget of TRIES) {
    const key = `${budget.key}:${subject}`;
    const hit = deviceId
      ? await cache.hit(`${key}:${deviceId}`, budget.max, budget.windowSec)
      : await hitNetworks(cache, { ...budget, key }, await networksOf(ip));
    refuseBeyond(budget, hit);
  }
}

/** Gives the tries back of who turned out to own the address. */
export async function returnTries({ cache, secrets }: { cache: Cache; secrets: Secrets }, { email, deviceId, ip }: Spender): Promise<void> {
  const subject = subjectOf(secrets, email);
  const names = deviceId ? [deviceId] : (await networksOf(ip)).map(({ name }) => name);
  await cache.remove(...TRIES.flatMap(({ key }) => names.map((name) => `${key}:${subject}:${name}`)));
}

/** Takes one from the budget of a subject in its present window of `windowSec`. The result says whether one was left; nothing is thrown. */
export function spend(cache: Cache, { key, max, windowSec }: Budget, subject: string): Promise<Hit> {
  return cache.hit(`${key}:${subject}`, max, windowSec);
}

/** Whether each of several budgets has one left; it stops at the first that has none. */
export async function spendAll(cache: Cache, budgets: readonly Budget[], subject: string): Promise<boolean> {
  for (const budget of budgets) if (!(await spend(cache, budget, subject)).allowed) return false;
  return true;
}

function refuseBeyond({ windowSec }: Budget, { allowed, resetAt }: Hit): void {
  if (allowed) return;
  if (windowSec <= MINUTES_15) throw new Fault("rate.limited", { retryAt: resetAt });
  throw new Fault("auth.codesSpent", { resetsAt: resetAt });
}
