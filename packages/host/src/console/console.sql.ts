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

export async function outboxCount(db: Queryable): Promise<number> {
  const [row] = await db<{ count: number }[]>`select count(*)::int from outbox`;
  return row?.count ?? 0;
}

/** Answers whether there is such a user. */
export async function grant(db: Queryable, { userId, role, at }: { userId: UserId; role: StaffRole; at: Date }): Promise<boolean> {
  const granted = await db`
    insert into staff_roles (user_id, role, granted_at) select id, ${role}, ${at} from users where id = ${userId} and status <> 'deleted'
    on conflict (user_id, role) do update set role = excluded.role`;
  return granted.count > 0;
}
