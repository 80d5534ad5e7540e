import type { ConversationId, NotificationId, UserId } from "@pendo/contract/ids";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { isPair, ownSide } from "../rules/pair.ts";
import type { LogEntry } from "../log/log.sql.ts";
import { lockSubject } from "./notices.sql.ts";
import { messageKey } from "./subjects.ts";

/** A like that a transaction removed from an inbox. */
export interface RemovedLike {
  readonly likedId: UserId;
  /** The notification that speaks of it; null where none does. */
  readonly notificationId: NotificationId | null;
}

/**
 * Whether the like `l` is behind the notification `n`, and its user has not passed on the liker since. A like of the code before has no link: it
 * counts where it is about as old as the notification.
 */
const isBehind = (sql: Queryable) => sql`(
  l.liked_id = n.user_id
  and (l.notification_id = n.id or l.notification_id is null and l.liked_at between n.created_at - interval '1 hour' and n.updated_at)
  and not exists (
    select from swipe_pairs sp where ${isPair(sql, "sp", sql`l.liked_id`, sql`l.liker_id`)}
      and ${ownSide(sql, "sp", sql`l.liked_id`, "at")} >= l.liked_at))`;

/** Whether a like that waits for an answer is behind the notification `n`. */
export const hasLike = (sql: Queryable) => sql`exists (select from likes_inbox l where ${isBehind(sql)})`;

/** Whether one of these is from a user that the list of likes shows. */
export const hasShownLike = (sql: Queryable) => sql`exists (
  select from likes_inbox l join users lu on lu.id = l.liker_id and lu.status = 'active' left join profiles lp on lp.user_id = lu.id
  where ${isBehind(sql)} and not coalesce(lp.held, false))`;

/**
 * Withdraws the notifications of likes that this transaction removed, and lowers the count of those that speak of other likes too. Call it before
 * heads are locked.
 * @returns what to append to the logs, in a call of its own
 */
export async function withdrawLikes(tx: Tx, removed: readonly RemovedLike[], at: Date): Promise<LogEntry[]> {
  const ids = removed.flatMap(({ notificationId }) => notificationId ?? []);
  if (ids.length === 0) return [];
  // Of two likers who leave at once, the second waits here, and then sees that it was the last.
  await tx`select from notifications where id = any(${ids}::uuid[]) order by id for no key update`;
  const rows = await tx<{ id: NotificationId; userId: UserId }[]>`
    with own as (
      select n.id, ${hasLike(tx)} as is_liked from notifications n where n.id = any(${ids}::uuid[]) and n.withdrawn_at is null
    )
    update notifications n set
      event_count = greatest(n.event_count - 1, 1),
      withdrawn_at = case when not own.is_liked then ${at}::timestamptz end,
      read_at = case when own.is_liked then n.read_at else coalesce(n.read_at, ${at}) end,
      push_due_at = case when own.is_liked then n.push_due_at end
    from own where n.id = own.id
    returning n.id, n.user_id`;
  return rows.map(({ id, userId }) => ({ userId, kind: "notification", ref: id }));
}

/** Does the same for a like that its user answered with a pass: it stays in the inbox, and speaks no more. */
export async function withdrawAnswered(
  tx: Tx,
  { likedId, likerId }: { readonly likedId: UserId; readonly likerId: UserId },
  at: Date,
): Promise<LogEntry[]> {
  const [like] = await tx<RemovedLike[]>`
    select liked_id, notification_id from likes_inbox where liked_id = ${likedId} and liker_id = ${likerId} for no key update`;
  if (!like?.notificationId) return [];
  await tx`update likes_inbox set notification_id = null where liked_id = ${likedId} and liker_id = ${likerId}`;
  return await withdrawLikes(tx, [like], at);
}

export interface LeavingMessage {
  readonly conversationId: ConversationId;
  readonly recipientId: UserId;
  readonly seq: number;
}

/**
 * Withdraws the notification of a conversation whose last unread message is about to be deleted or hidden. Call it under the lock of the
 * conversation, before the message leaves the unread counts.
 * @returns what to append to the logs
 */
export async function withdrawMessage(tx: Tx, { conversationId, recipientId, seq }: LeavingMessage, at: Date): Promise<LogEntry[]> {
  const subject = { userId: recipientId, collapseKey: messageKey(conversationId) };
  await lockSubject(tx, subject);
  const rows = await tx<{ id: NotificationId }[]>`
    update notifications n set withdrawn_at = ${at}, read_at = ${at}, push_due_at = null
    from members m
    where m.conversation_id = ${conversationId} and m.user_id = ${recipientId} and m.read_seq < ${seq} and m.unread_count <= 1
      and n.user_id = ${recipientId} and n.collapse_key = ${subject.collapseKey} and n.read_at is null
    returning n.id`;
  return rows.map(({ id }) => ({ userId: recipientId, kind: "notification", ref: id }));
}

/** Withdraws unread notifications whose rows the transaction holds. */
export async function withdraw(tx: Tx, ids: readonly NotificationId[], at: Date): Promise<void> {
  await tx`
    update notifications set withdrawn_at = ${at}, read_at = ${at}, push_due_at = null
    where id = any(${ids as NotificationId[]}::uuid[]) and read_at is null`;
}
