import { Fault } from "../fault.ts";
import type { Cache } from "../ports/cache/cache.ts";
import type { Uses } from "../ports/ports.ts";
import { recentCodes, type SharedCode } from "./auth.sql.ts";
import {
  ADDRESS_EMAILS,
  ADDRESS_EMAILS_SLOW,
  DEVICE_SHORT_CODES,
  SHORT_CODES,
  type Spender,
  spend,
  spendAll,
  spendDeviceCode,
  spendNetworkEmail,
  subjectOf,
} from "./budgets.ts";
import { type Digits, LONG_DIGITS, SHORT_DIGITS } from "./code.ts";
import { isGuessing } from "./guessing.ts";

const DAY_MS = 86_400_000;
/** How long a code must still be good for, to be shared. */
const SHARED_LEFT_MS = 300_000;
/** How long it takes at most until a code that is being made can be shared. */
const MAKING_MS = 5000;
/** After so many wrong codes in a day an address gets long ones. */
export const FAILURES_MAX = 10;

/** What a challenge asks for: a code that is sent for it, or the one that an earlier email brought. */
export interface CodePlan {
  readonly digits: Digits;
  readonly shared: SharedCode | null;
}

/**
 * Decides about one request for a code. Strangers can neither keep a user out nor flood a mailbox:
 *
 * | who asks | what happens |
 * |---|---|
 * | a device that signed in before | it has its own budget, and a code of its own |
 * | a new device | an email, while the address got few of late |
 * | a new device, when the address got many | no email: the newest long code, which is in the mailbox already, answers this challenge as well |
 *
 * A code that is used proves that the owner of the mailbox is there. So each use begins the emails of its address again, whatever strangers spent.
 * @throws {Fault} `rate.limited`: the device or its network asked too often; or the address got many emails and has no code to share
 * @throws {Fault} `auth.codesSpent`: the device or its network used up the budget of a day
 */
export async function planCode(ports: Uses<"db" | "cache" | "secrets">, spender: Spender): Promise<CodePlan> {
  const { cache } = ports;
  if (spender.deviceId) {
    await spendDeviceCode(cache, spender.deviceId);
    const { allowed } = await spend(cache, DEVICE_SHORT_CODES, spender.deviceId);
    return { digits: allowed ? SHORT_DIGITS : LONG_DIGITS, shared: null };
  }
  return await planForNewDevice(ports, spender);
}

async function planForNewDevice(
  { db, cache, secrets, clock }: Uses<"db" | "cache" | "secrets">,
  { email, ip }: Spender,
): Promise<CodePlan> {
  const at = clock.now();
  const subject = subjectOf(secrets, email);
  const recent = await recentCodes(db, { email, since: new Date(at.getTime() - DAY_MS), goodAt: new Date(at.getTime() + SHARED_LEFT_MS) });
  const sinceUse = recent.usedAt ? `${subject}:${recent.usedAt.getTime()}` : subject;
  // First, where an email is the only way: a network that may cause no email spends nothing of the address.
  if (!recent.shared) await spendNetworkEmail(cache, ip);
  const isCrowded = !(await spend(cache, ADDRESS_EMAILS, sinceUse)).allowed;
  if (isCrowded && recent.shared) return { digits: LONG_DIGITS, shared: recent.shared };
  if (isCrowded) await spendSlowEmail(cache, sinceUse, at);
  if (recent.shared) await spendNetworkEmail(cache, ip);
  const isQuiet = !isCrowded && recent.failedCount < FAILURES_MAX && !(await isGuessing(cache));
  // The database counts as well, because a cache that was lost begins again.
  const isShort = isQuiet && recent.shortCount < (SHORT_CODES[0]?.max ?? 0) && (await spendAll(cache, SHORT_CODES, subject));
  return { digits: isShort ? SHORT_DIGITS : LONG_DIGITS, shared: null };
}

/**
 * Counts an email to an address that got many.
 * @throws {Fault} `rate.limited`: one was sent of late; `retryAt` is when the code to share can be there, or the next may leave
 */
async function spendSlowEmail(cache: Cache, subject: string, at: Date): Promise<void> {
  const { allowed, resetAt } = await spend(cache, ADDRESS_EMAILS_SLOW, subject);
  if (allowed) return;
  const spentMs = resetAt.getTime() - ADDRESS_EMAILS_SLOW.windowSec * 1000;
  const isBeingMade = at.getTime() - spentMs < MAKING_MS;
  throw new Fault("rate.limited", { retryAt: isBeingMade ? new Date(at.getTime() + 1000) : resetAt });
}
