import type { UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import type { Queryable } from "@pendo/core/ports/db/db";

export interface Sent {
  readonly id: string;
  readonly recipient: string;
  readonly content: unknown;
  readonly sentAt: Date;
}

/** What would have been sent, newest first. */
export async function sent(
  db: Queryable,
  { kind, to, limit }: { kind: "mail" | "push"; to?: string | undefined; limit: number },
): Promise<Sent[]> {
  return await db<Sent[]>`
    select id, recipient, content, sent_at from local_outbox
     where kind = ${kind} and (${to ?? null}::text is null or recipient = ${to ?? null})
     order by sent_at desc, id desc limit ${limit}`;
}

/** How many events wait in the outbox. */
export async function outboxCount(db: Queryable): Promise<number> {
  const [row] = await db<{ count: number }[]>`select count(*)::int from outbox`;
  return row?.count ?? 0;
}

/** How many events wait to be relayed, and since when the oldest does. */
export async function outboxState(db: Queryable): Promise<{ count: number; oldestSec: number | null }> {
  const [row] = await db<{ count: number; oldestSec: number | null }[]>`
    select count(*)::int, extract(epoch from now() - min((envelope->>'occurredAt')::timestamptz))::float8 as oldest_sec from outbox`;
  return row ?? { count: 0, oldestSec: null };
}

/** Connections of this database's own pools. What has no name is somebody who looks. */
export async function connectionCounts(db: Queryable): Promise<{ pool: string; state: string; count: number }[]> {
  return await db<{ pool: string; state: string; count: number }[]>`
    select application_name as pool, coalesce(state, 'unknown') as state, count(*)::int from pg_stat_activity
     where datname = current_database() and application_name like 'pendo%' group by 1, 2 order by 1, 2`;
}

/** Answers whether there is such a user. */
export async function grant(db: Queryable, { userId, role, at }: { userId: UserId; role: StaffRole; at: Date }): Promise<boolean> {
  const granted = await db`
    insert into staff_roles (user_id, role, granted_at) select id, ${role}, ${at} from users where id = ${userId} and status <> 'deleted'
    on conflict (user_id, role) do update set role = excluded.role`;
  return granted.count > 0;
}
