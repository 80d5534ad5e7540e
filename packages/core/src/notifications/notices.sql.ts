import type { BoostId, ConversationId, NotificationId, UserId } from "@pendo/contract/ids";
import type { NotificationRefs, PushKind } from "@pendo/contract/notification";
import { seenOf } from "../boosts/boosts.sql.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { notBlocked } from "../rules/notBlocked.ts";

/** A notification as it is to be noted for one user. */
export interface Notice {
  readonly id: NotificationId;
  readonly userId: UserId;
  readonly kind: PushKind;
  readonly collapseKey: string;
  readonly refs: NotificationRefs;
}

/** Orders what is noted and read about one subject for one user, until the transaction ends. */
export async function lockSubject(tx: Tx, { userId, collapseKey }: Pick<Notice, "userId" | "collapseKey">): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`notice ${userId} ${collapseKey}`}, 0))`;
}

/** Notes a match, as long as it stands. */
export function noteMatch(
  tx: Tx,
  notice: Notice,
  { otherId, at }: { readonly otherId: UserId; readonly at: Date },
): Promise<NotificationId | undefined> {
  return upsert(
    tx,
    notice,
    at,
    tx`exists (select from matches where id = ${notice.refs.matchId ?? null}::uuid and ended_at is null) and ${notBlocked(tx, notice.userId, otherId)}`,
  );
}

/** Notes a message, as long as it is there to be seen, and has not been read. */
export function noteMessage(
  tx: Tx,
  notice: Notice,
  { senderId, at }: { readonly senderId: UserId; readonly at: Date },
): Promise<NotificationId | undefined> {
  const { conversationId = null, messageId = null } = notice.refs;
  return upsert(
    tx,
    notice,
    at,
    tx`exists (
        select from messages s
        join conversations c on c.id = s.conversation_id and c.ended_at is null
        join members m on m.conversation_id = c.id and m.user_id = ${notice.userId} and m.read_seq < s.seq
        where s.id = ${messageId}::uuid and s.conversation_id = ${conversationId}::uuid and s.deleted_at is null and s.state = 'visible'
      ) and ${notBlocked(tx, notice.userId, senderId)}`,
  );
}

/** Notes a decision, unless it restricts nothing. */
export function noteDecision(tx: Tx, notice: Notice, at: Date): Promise<NotificationId | undefined> {
  return upsert(
    tx,
    notice,
    at,
    tx`exists (select from decisions where id = ${notice.refs.decisionId ?? null}::uuid and user_id = ${notice.userId} and restriction <> 'none')`,
  );
}

/** Notes that a boost is over, and how many saw it. */
export async function noteBoost(
  tx: Tx,
  notice: Notice & { readonly refs: { readonly boostId: BoostId } },
  at: Date,
): Promise<NotificationId | undefined> {
  const seen = await seenOf(tx, notice.refs.boostId);
  return seen === undefined ? undefined : await upsert(tx, { ...notice, refs: { ...notice.refs, seen } }, at, tx`true`);
}

/** Notes that there are picks, as long as they last. */
export function notePicks(tx: Tx, notice: Notice, at: Date): Promise<NotificationId | undefined> {
  return upsert(tx, notice, at, tx`exists (select from daily_picks where user_id = ${notice.userId} and until > ${at}::timestamptz)`);
}

/**
 * Notes what `stands`. Events may come out of order, so refs stay with the newest message. An event that the notification `countedIn` has counted
 * is not counted again.
 */
export async function upsert(
  tx: Tx,
  notice: Notice,
  at: Date,
  stands: ReturnType<Queryable>,
  countedIn: NotificationId | null = null,
): Promise<NotificationId | undefined> {
  const { id, userId, kind, collapseKey, refs } = notice;
  const [row] = await tx<{ id: NotificationId }[]>`
    insert into notifications as n (id, user_id, kind, collapse_key, refs, created_at, updated_at)
    select ${id}, id, ${kind}, ${collapseKey}, ${tx.json({ ...refs })}, ${at}, ${at} from users where id = ${userId} and status = 'active' and ${stands}
    on conflict (user_id, collapse_key) where read_at is null do update set
      event_count = n.event_count + (n.id is distinct from ${countedIn}::uuid)::int,
      refs = case when (excluded.refs ->> 'seq')::int < (n.refs ->> 'seq')::int then n.refs else excluded.refs end,
      updated_at = greatest(n.updated_at, excluded.updated_at)
    returning id`;
  return row?.id;
}

/** Marks a conversation's notification as read, unless a message came after what was read. Its push, if it was still to come, never comes. */
export async function readConversation(
  tx: Tx,
  {
    userId,
    conversationId,
    collapseKey,
    readSeq,
    at,
  }: {
    readonly userId: UserId;
    readonly conversationId: ConversationId;
    readonly collapseKey: string;
    readonly readSeq: number;
    readonly at: Date;
  },
): Promise<NotificationId | undefined> {
  const [row] = await tx<{ id: NotificationId }[]>`
    update notifications n set read_at = ${at}, push_due_at = null
    where user_id = ${userId} and collapse_key = ${collapseKey} and read_at is null
      and (n.refs ->> 'seq')::int <= greatest(${readSeq}::int, (
        select read_seq from members where conversation_id = ${conversationId} and user_id = ${userId}))
    returning id`;
  return row?.id;
}
