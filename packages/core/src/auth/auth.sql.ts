import type { ChallengeId, UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import { type Digits, LONG_DIGITS, SHORT_DIGITS } from "./code.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";

export interface ChallengeRow {
  readonly email: string;
  readonly locale: string;
  readonly digits: Digits;
  /** The challenge whose code answers this one, where it is not its own. */
  readonly codeOf: ChallengeId | null;
  /** The known device that asked. */
  readonly deviceId: string | null;
}

/** A code that is in a mailbox already. */
export interface SharedCode {
  readonly challengeId: ChallengeId;
  readonly expiresAt: Date;
}

export interface RecentCodes {
  readonly shortCount: number;
  readonly failedCount: number;
  readonly shared: SharedCode | null;
  /** When a code of the address was used last, by any device. */
  readonly usedAt: Date | null;
}

/** Beyond so many challenges the older ones are not looked at: the count is far beyond what it is compared with. */
const RECENT_MAX = 200;

export interface UserRow {
  readonly userId: UserId;
  readonly status: "active" | "suspended" | "deactivated" | "deleted";
  readonly roles: readonly StaffRole[];
}

/** Keeps a challenge that was made. `codeOf` names the earlier challenge whose code it shares; null where it has its own. */
export async function insertChallenge(
  tx: Tx,
  challenge: ChallengeRow & { readonly challengeId: ChallengeId; readonly expiresAt: Date; readonly at: Date },
): Promise<void> {
  const { challengeId, email, locale, digits, codeOf, deviceId, expiresAt, at } = challenge;
  await tx`
    insert into otp_challenges (id, email, locale, digits, code_of, device_id, expires_at, created_at)
    values (${challengeId}, ${email}, ${locale}, ${digits}, ${codeOf}, ${deviceId}, ${expiresAt}, ${at})`;
}

/**
 * What new devices did with an address since a time: the codes sent for them, the wrong answers, and the newest long code that is good at a time. And
 * when a code was used last since then.
 */
export async function recentCodes(
  sql: Queryable,
  { email, since, goodAt }: { readonly email: string; readonly since: Date; readonly goodAt: Date },
): Promise<RecentCodes> {
  const [row] = await sql<
    (Pick<RecentCodes, "shortCount" | "failedCount" | "usedAt"> & {
      total: number;
      challengeId: ChallengeId | null;
      expiresAt: Date | null;
    })[]
  >`
    with recent as (
      select digits, attempts, consumed_at from otp_challenges
      where email = ${email} and created_at > ${since} and device_id is null
      order by created_at desc limit ${RECENT_MAX}
    ), shared as (
      -- Not out of the recent ones: strangers could push the code out of them.
      select id, expires_at from otp_challenges
      where email = ${email} and device_id is null and code_of is null
        and digits = ${LONG_DIGITS} and consumed_at is null and expires_at > ${goodAt}
      order by created_at desc limit 1
    )
    select count(*)::int as total, count(*) filter (where digits = ${SHORT_DIGITS})::int as short_count,
      coalesce(sum(attempts) - count(consumed_at), 0)::int as failed_count,
      (select id from shared) as challenge_id, (select expires_at from shared) as expires_at,
      (select max(consumed_at) from otp_challenges where email = ${email} and consumed_at > ${since}) as used_at
    from recent`;
  const { total = 0, shortCount = 0, failedCount = 0, challengeId = null, expiresAt = null, usedAt = null } = row ?? {};
  return {
    shortCount: total < RECENT_MAX ? shortCount : total,
    failedCount,
    shared: challengeId && expiresAt ? { challengeId, expiresAt } : null,
    usedAt,
  };
}

/** Takes one of a challenge's attempts; null where none is left, or it is over, used or unknown. The row lock makes the count exact. */
export async function takeAttempt(sql: Queryable, challengeId: ChallengeId, attemptsMax: number, at: Date): Promise<ChallengeRow | null> {
  const rows = await sql<ChallengeRow[]>`
    update otp_challenges set attempts = attempts + 1
    where id = ${challengeId} and attempts < ${attemptsMax} and consumed_at is null and expires_at > ${at}
    returning email, locale, digits, code_of, device_id`;
  return rows[0] ?? null;
}

/** Uses a challenge up, and ends those that share its code; false where that happened before. */
export async function consumeChallenge(
  tx: Tx,
  { challengeId, codeOf, email, at }: Pick<ChallengeRow, "codeOf" | "email"> & { readonly challengeId: ChallengeId; readonly at: Date },
): Promise<boolean> {
  const code = codeOf ?? challengeId;
  // All that share a code wait for one row, so of several at once one is first.
  await tx`select from otp_challenges where id = ${code} for update`;
  const rows = await tx`
    update otp_challenges set consumed_at = ${at} where id = ${challengeId} and consumed_at is null and expires_at > ${at} returning 1`;
  if (rows.count === 0) return false;
  // Not to `at`: another that waited has an earlier one.
  await tx`
    update otp_challenges set expires_at = created_at
    where email = ${email} and (id = ${code} or code_of = ${code}) and id <> ${challengeId} and expires_at > ${at}`;
  return true;
}

/** The user who signs in with this address, deleted and suspended ones included, with the staff roles. Null for a new address. */
export async function findUserByEmail(sql: Queryable, email: string): Promise<UserRow | null> {
  const rows = await sql<UserRow[]>`
    select u.id as user_id, u.status, array(select role from staff_roles where user_id = u.id order by role) as roles
    from identities i join users u on u.id = i.user_id
    where i.provider = 'email' and i.subject = ${email}`;
  return rows[0] ?? null;
}

/**
 * Makes a user with every row that each user has; false where the address has one already. Of two that try at once, the second waits for the first
 * at the identity, whose foreign key is checked when the statement ends.
 */
export async function insertUser(
  tx: Tx,
  { userId, email, locale, at, isCanary = false }: { userId: UserId; email: string; locale: string; at: Date; isCanary?: boolean },
): Promise<boolean> {
  const rows = await tx`
    with identity as (
      insert into identities (provider, subject, user_id, created_at) values ('email', ${email}, ${userId}, ${at})
      on conflict do nothing returning user_id
    ), account as (
      insert into users (id, locale, created_at, last_active_at, is_canary)
      select user_id, ${locale}, ${at}, ${at}, ${isCanary} from identity returning id
    ), profile as (
      insert into profiles (user_id, created_at, updated_at) select id, ${at}, ${at} from account
    ), preference as (
      insert into preferences (user_id, updated_at) select id, ${at} from account
    ), head as (
      insert into user_heads (user_id) select id from account
    ), notification_pref as (
      insert into notification_prefs (user_id, updated_at) select id, ${at} from account
    )
    select id from account`;
  return rows.count > 0;
}
