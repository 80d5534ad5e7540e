import type { NotificationId, UserId } from "@pendo/contract/ids";
import type { NotificationRefs, PushKind } from "@pendo/contract/notification";
import type { Decision } from "../moderation/decisions.sql.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { acceptedName } from "../rules/acceptedName.ts";
import { notBlocked } from "../rules/notBlocked.ts";
import { isPair, ownSide } from "../rules/pair.ts";
import { hasLike, hasShownLike } from "./withdraw.sql.ts";

/** All that decides on the push of an unread notification, as it is now. */
export interface Candidate {
  readonly id: NotificationId;
  readonly userId: UserId;
  readonly kind: PushKind;
  readonly collapseKey: string;
  readonly refs: NotificationRefs;
  readonly eventCount: number;
  readonly pushedAt: Date | null;
  /** When a push of it is due that waits already. */
  readonly pushDueAt: Date | null;
  /** The user's unread messages, as `counts.unread` of the sync has them. */
  readonly unread: number;
  /** Whether what it speaks of is true no more: the like was taken back or answered, the match has ended, no message or pick is left. */
  readonly isGone: boolean;
  /** False where the kind is switched off, the conversation is muted, ended or read, nothing of it is left to read, either is blocked, or the account is not active. */
  readonly wanted: boolean;
  readonly locale: string;
  readonly timeZone: string;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  /** Of whom it is about, as others may see it. */
  readonly otherName: string | null;
  /** What a decision is about. */
  readonly decidedOn: Decision["subjectKind"] | null;
}

/** Looks at one notification, in the transaction that has just noted it and holds its row. */
export async function candidate(tx: Tx, id: NotificationId, at: Date): Promise<Candidate | undefined> {
  const [row] = await selectCandidates(tx, at, tx`n.id = ${id}`, tx``);
  return row;
}

export interface Due {
  readonly at: Date;
  /** Takes what is due by then. */
  readonly dueBy: Date;
  readonly limit: number;
  /** Only these users', or only this one. */
  readonly userId?: UserId | undefined;
  readonly id?: NotificationId | undefined;
}

/** Takes notifications whose push is due, until the transaction ends. Another taker skips them meanwhile. */
export function takeDue(tx: Tx, { at, dueBy, limit, userId, id }: Due): Promise<Candidate[]> {
  return selectCandidates(
    tx,
    at,
    tx`n.push_due_at <= ${dueBy} and n.user_id = coalesce(${userId ?? null}, n.user_id) and n.id = coalesce(${id ?? null}, n.id)`,
    tx`order by n.push_due_at limit ${limit} for no key update of n skip locked`,
  );
}

/** Whether a push of the user's waits that is due before then. */
export async function holdsPushes(
  sql: Queryable,
  { userId, before }: { readonly userId: UserId; readonly before: Date },
): Promise<boolean> {
  const rows = await sql`select from notifications where user_id = ${userId} and read_at is null and push_due_at <= ${before} limit 1`;
  return rows.length > 0;
}

async function selectCandidates(sql: Queryable, at: Date, which: ReturnType<Queryable>, tail: ReturnType<Queryable>): Promise<Candidate[]> {
  return await sql<Candidate[]>`
    select
      n.id, n.user_id, n.kind, n.collapse_key, n.refs, n.pushed_at, n.push_due_at, coalesce(h.unread_count, 0) as unread,
      u.locale, u.time_zone, p.quiet_from, p.quiet_to, ${acceptedName(sql, "o")} as other_name,
      d.subject_kind as decided_on,
      -- Messages that were deleted or hidden since are not among those that "sent you 3 messages" counts.
      case when n.kind = 'message' then least(n.event_count, greatest(m.unread_count, 1)) else n.event_count end as event_count,
      not ${stands(sql, at)} as is_gone,
      u.status = 'active' and coalesce(ou.status, 'active') = 'active' and coalesce((p.push ->> n.kind)::boolean, true)
        and (n.kind <> 'message' or coalesce(m.read_seq < (n.refs ->> 'seq')::int and m.unread_count > 0 and (m.muted_until is null or m.muted_until <= ${at}), false))
        and (n.kind <> 'like' or ${hasShownLike(sql)})
        as wanted
    from notifications n
    join users u on u.id = n.user_id
    left join user_heads h on h.user_id = n.user_id
    left join notification_prefs p on p.user_id = n.user_id
    left join conversations c on c.id = (n.refs ->> 'conversationId')::uuid
    left join decisions d on d.id = (n.refs ->> 'decisionId')::uuid
    left join members m on m.conversation_id = c.id and m.user_id = n.user_id
    left join profiles o on o.user_id = (n.refs ->> 'userId')::uuid
    left join users ou on ou.id = o.user_id
    where ${which} and n.read_at is null
    ${tail}`;
}

/** Whether what a notification speaks of is still true. A message that was read counts as true: its notification is about to be read as well. */
const stands = (sql: Queryable, at: Date) => sql`(case n.kind
    when 'like' then ${hasLike(sql)}
    when 'match' then c.id is not null and c.ended_at is null
    when 'message' then c.id is not null and c.ended_at is null and (m.read_seq >= (n.refs ->> 'seq')::int or m.unread_count > 0)
    when 'moderation' then d.id is not null
    when 'picks' then exists (
      select from daily_picks k
      left join swipe_pairs sp on ${isPair(sql, "sp", sql`k.user_id`, sql`k.pick_id`)}
      where k.user_id = n.user_id and k.until > ${at} and ${ownSide(sql, "sp", sql`k.user_id`, "action")} is null
        and ${notBlocked(sql, sql`k.user_id`, sql`k.pick_id`)})
    else true end
  and ${notBlocked(sql, sql`n.user_id`, sql`o.user_id`)})`;

/** Claims pushes: whoever commits this sends them, and nobody else does. */
export async function claim(tx: Tx, ids: readonly NotificationId[], at: Date): Promise<void> {
  await tx`update notifications set pushed_at = ${at}, push_due_at = null where id = any(${ids as NotificationId[]}::uuid[])`;
}

/** Takes the pushes of these notifications back for good. The notifications stay. */
export async function drop(tx: Tx, ids: readonly NotificationId[]): Promise<void> {
  await tx`update notifications set push_due_at = null where id = any(${ids as NotificationId[]}::uuid[])`;
}

/** Puts the pushes off, each until its own time. */
export async function hold(tx: Tx, held: readonly { readonly id: NotificationId; readonly until: Date }[]): Promise<void> {
  await tx`
    update notifications n set push_due_at = h.until
    from unnest(${held.map(({ id }) => id)}::uuid[], ${held.map(({ until }) => until.toISOString())}::text[]::timestamptz[]) as h (id, until)
    where n.id = h.id`;
}

/** Gives a claimed push back, to be sent later, unless the notification was read or pushed meanwhile, or is older than `since`. */
export async function giveBack(
  sql: Queryable,
  { id, claimedAt, dueAt, since }: { readonly id: NotificationId; readonly claimedAt: Date; readonly dueAt: Date; readonly since: Date },
): Promise<void> {
  await sql`
    update notifications set push_due_at = ${dueAt}
    where id = ${id} and pushed_at = ${claimedAt} and push_due_at is null and read_at is null and updated_at > ${since}`;
}
