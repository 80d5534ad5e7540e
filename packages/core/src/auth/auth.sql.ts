import type { ChallengeId, UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import type { Queryable, Tx } from "../ports/db/db.ts";

export interface ChallengeRow {
  readonly email: string;
  readonly locale: string;
}

export interface UserRow {
  readonly userId: UserId;
  readonly status: "active" | "suspended" | "deactivated" | "deleted";
  readonly roles: readonly StaffRole[];
}

export async function insertChallenge(
  tx: Tx,
  challenge: { challengeId: ChallengeId; email: string; locale: string; expiresAt: Date; at: Date },
): Promise<void> {
  const { challengeId, email, locale, expiresAt, at } = challenge;
  await tx`
    insert into otp_challenges (id, email, locale, expires_at, created_at)
    values (${challengeId}, ${email}, ${locale}, ${expiresAt}, ${at})`;
}

/** Takes one of a challenge's attempts; null where none is left, or it is over, used or unknown. The row lock makes the count exact. */
export async function takeAttempt(sql: Queryable, challengeId: ChallengeId, attemptsMax: number, at: Date): Promise<ChallengeRow | null> {
  const rows = await sql<ChallengeRow[]>`
    update otp_challenges set attempts = attempts + 1
    where id = ${challengeId} and attempts < ${attemptsMax} and consumed_at is null and expires_at > ${at}
    returning email, locale`;
  return rows[0] ?? null;
}

/** Uses a challenge up; false where somebody did before. */
export async function consumeChallenge(tx: Tx, challengeId: ChallengeId, at: Date): Promise<boolean> {
  const rows = await tx`
    update otp_challenges set consumed_at = ${at} where id = ${challengeId} and consumed_at is null returning 1`;
  return rows.count > 0;
}

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
export async function insertUser(tx: Tx, user: { userId: UserId; email: string; locale: string; at: Date }): Promise<boolean> {
  const { userId, email, locale, at } = user;
  const rows = await tx`
    with identity as (
      insert into identities (provider, subject, user_id, created_at) values ('email', ${email}, ${userId}, ${at})
      on conflict do nothing returning user_id
    ), account as (
      insert into users (id, locale, created_at, last_active_at) select user_id, ${locale}, ${at}, ${at} from identity returning id
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
