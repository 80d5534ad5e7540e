import type { NotificationId, UserId } from "@pendo/contract/ids";
import type { NotificationKind, NotificationRefs } from "@pendo/contract/notification";
import type { Queryable, Tx } from "../ports/db/db.ts";

export interface NotificationRow {
  readonly id: NotificationId;
  readonly kind: NotificationKind;
  readonly refs: NotificationRefs;
  readonly eventCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly readAt: Date | null;
}

/** These, in no order, as far as the list has them. */
export async function selectMany(
  sql: Queryable,
  { userId, ids }: { readonly userId: UserId; readonly ids: readonly NotificationId[] },
): Promise<NotificationRow[]> {
  return await sql<NotificationRow[]>`
    select ${columns(sql)} from notifications n where id = any(${ids as NotificationId[]}::uuid[]) and ${listed(sql, userId)}`;
}

/** Newest first, without those whose reason is gone: withdrawn ones, and those about a conversation that has ended, which a block does as well. */
export async function select(
  sql: Queryable,
  { userId, after, limit }: { readonly userId: UserId; readonly after: readonly [Date, string] | null; readonly limit: number },
): Promise<NotificationRow[]> {
  return await sql<NotificationRow[]>`
    select ${columns(sql)} from notifications n
    where ${listed(sql, userId)}
      ${after ? sql`and updated_at <= ${after[0]} and (updated_at < ${after[0]} or id > ${after[1]}::uuid)` : sql``}
    order by updated_at desc, id
    limit ${limit}`;
}

const columns = (sql: Queryable) => sql`id, kind, refs, event_count, created_at, updated_at, read_at`;

const listed = (sql: Queryable, userId: UserId) => sql`user_id = ${userId} and withdrawn_at is null and not exists (
  select from conversations where id = (n.refs ->> 'conversationId')::uuid and ended_at is not null
)`;

/** How many of these are the user's, read ones included. */
export async function countOwn(
  sql: Queryable,
  { userId, ids }: { readonly userId: UserId; readonly ids: readonly NotificationId[] },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from notifications where user_id = ${userId} and id = any(${ids as NotificationId[]}::uuid[])`;
  return row?.count ?? 0;
}

/** Marks the given notifications that are the user's and unread. Returns which changed; other ids are ignored. */
export async function readByIds(
  tx: Tx,
  { userId, ids, at }: { readonly userId: UserId; readonly ids: readonly NotificationId[]; readonly at: Date },
): Promise<NotificationId[]> {
  return await markRead(tx, { userId, at, which: tx`id = any(${ids as NotificationId[]}::uuid[])` });
}

/** Marks all unread notifications of the user that changed no later than `upTo`. Returns which changed. */
export async function readUpTo(
  tx: Tx,
  { userId, upTo, at }: { readonly userId: UserId; readonly upTo: Date; readonly at: Date },
): Promise<NotificationId[]> {
  return await markRead(tx, { userId, at, which: tx`updated_at <= ${upTo}` });
}

// Locked in the order of ids, so that two of these at once don't wait for each other.
async function markRead(
  tx: Tx,
  { userId, at, which }: { readonly userId: UserId; readonly at: Date; readonly which: ReturnType<Queryable> },
): Promise<NotificationId[]> {
  const rows = await tx<{ id: NotificationId }[]>`
    with wanted as (select id from notifications where user_id = ${userId} and read_at is null and ${which} order by id for update)
    update notifications n set read_at = ${at}, push_due_at = null from wanted where n.id = wanted.id returning n.id`;
  return rows.map((row) => row.id);
}
