import type { ChallengeId, DecisionId, EventId, MatchId, SessionId, UserId } from "@pendo/contract/ids";
import type { EmailKind } from "@pendo/contract/notification";
import type { Digits } from "../auth/code.ts";
import type { Decision } from "../moderation/decisions.sql.ts";
import type { Queryable } from "../ports/db/db.ts";
import { acceptedName } from "../rules/acceptedName.ts";
import { notBlocked } from "../rules/notBlocked.ts";

export interface Recipient {
  readonly userId: UserId;
  readonly email: string;
  readonly locale: string;
}

// A fact may have letters to several people, so each letter has a mark of its own.
const markOf = (userId: UserId | null): string => (userId ? `email:${userId}` : "email");

/** Whether the email of this event was sent to the user; `userId` is null for an address without a user. */
export async function wasSent(
  sql: Queryable,
  { factId, userId }: { readonly factId: EventId; readonly userId: UserId | null },
): Promise<boolean> {
  const rows = await sql`select from inbox where consumer = ${markOf(userId)} and event_id = ${factId}`;
  return rows.count > 0;
}

/** Records that the email of this event was sent to the user, so that a second delivery of the event sends none. */
export async function markSent(
  sql: Queryable,
  { factId, userId, at }: { readonly factId: EventId; readonly userId: UserId | null; readonly at: Date },
): Promise<void> {
  await sql`insert into inbox (consumer, event_id, done_at) values (${markOf(userId)}, ${factId}, ${at}) on conflict do nothing`;
}

/** A challenge that can still be answered. */
export async function openChallenge(
  sql: Queryable,
  challengeId: ChallengeId,
  at: Date,
): Promise<{ readonly email: string; readonly locale: string; readonly digits: Digits } | undefined> {
  const [row] = await sql<{ email: string; locale: string; digits: Digits }[]>`
    select email, locale, digits from otp_challenges where id = ${challengeId} and consumed_at is null and expires_at > ${at}`;
  return row;
}

/** Where somebody gets their letters; nowhere once the account is deleted. Suspended ones still learn why. */
export async function recipient(sql: Queryable, userId: UserId): Promise<Recipient | undefined> {
  const [row] = await sql<Recipient[]>`
    select u.id as user_id, i.subject as email, u.locale
    from users u join identities i on i.user_id = u.id and i.provider = 'email'
    where u.id = ${userId} and u.status <> 'deleted'
    order by i.created_at limit 1`;
  return row;
}

export interface MatchRecipient extends Recipient {
  readonly otherName: string | null;
}

/** Who of a match is to get a letter about it: as long as it stands, whoever has not been here since, and did not end such letters. */
export async function matchRecipients(
  sql: Queryable,
  { matchId, awaySince, kind }: { readonly matchId: MatchId; readonly awaySince: Date; readonly kind: EmailKind },
): Promise<MatchRecipient[]> {
  return await sql<MatchRecipient[]>`
    select u.id as user_id, i.subject as email, u.locale, ${acceptedName(sql, "o")} as other_name
    from matches m
    cross join lateral (values (m.lo, m.hi), (m.hi, m.lo)) as side (user_id, other_id)
    join users u on u.id = side.user_id and u.status = 'active' and u.last_active_at < ${awaySince}
    join lateral (
      select subject from identities where user_id = u.id and provider = 'email' order by created_at limit 1
    ) i on true
    left join notification_prefs p on p.user_id = u.id
    left join profiles o on o.user_id = side.other_id
    where m.id = ${matchId} and m.ended_at is null and coalesce((p.email ->> ${kind})::boolean, true)
      and ${notBlocked(sql, sql`m.lo`, sql`m.hi`)}
    order by u.id`;
}

/** The name that the client gave to the device of a session; null where it gave none, or the session was deleted. */
export async function deviceName(sql: Queryable, sessionId: SessionId): Promise<string | null> {
  const [row] = await sql<{ deviceName: string | null }[]>`select device_name from sessions where id = ${sessionId}`;
  return row?.deviceName ?? null;
}

/** A decision, with all that its email has to say; undefined where it was deleted with its user. */
export async function findDecision(
  sql: Queryable,
  decisionId: DecisionId,
): Promise<(Omit<Decision, "id"> & { readonly decidedAt: Date }) | undefined> {
  const [row] = await sql<(Omit<Decision, "id"> & { decidedAt: Date })[]>`
    select user_id, subject_kind, subject_id, restriction, ground, facts, automated_detection, automated_decision, decided_at
    from decisions where id = ${decisionId}`;
  return row;
}
