import type { UserId } from "@pendo/contract/ids";
import type { EmailKind, PushKind } from "@pendo/contract/notification";
import type { Queryable } from "../ports/db/db.ts";

/** What is not in `push` or `email` is on. Times come as HH:MM:SS. */
export interface PrefsRow {
  readonly push: Partial<Record<PushKind, boolean>>;
  readonly email: Partial<Record<EmailKind, boolean>>;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
}

export interface Changes {
  readonly userId: UserId;
  readonly push: Partial<Record<PushKind, boolean>>;
  readonly email: Partial<Record<EmailKind, boolean>>;
  /** Undefined leaves it as it is. */
  readonly quietFrom: string | null | undefined;
  readonly quietTo: string | null | undefined;
}

/** The switches and quiet hours of a user; undefined where the user has never changed any. */
export async function find(sql: Queryable, userId: UserId): Promise<PrefsRow | undefined> {
  const [row] = await sql<PrefsRow[]>`select push, email, quiet_from, quiet_to from notification_prefs where user_id = ${userId}`;
  return row;
}

/** Changes what is given, in one statement, so that of two at once neither is lost. */
export async function merge(sql: Queryable, changes: Changes, at: Date): Promise<PrefsRow | undefined> {
  const { userId, quietFrom, quietTo } = changes;
  const [push, email] = [sql.json(changes.push), sql.json(changes.email)];
  const [row] = await sql<PrefsRow[]>`
    insert into notification_prefs as p (user_id, push, email, quiet_from, quiet_to, updated_at)
    select id, ${push}, ${email}, ${quietFrom ?? null}::time, ${quietTo ?? null}::time, ${at} from users where id = ${userId}
    on conflict (user_id) do update set
      push = p.push || excluded.push,
      email = p.email || excluded.email,
      quiet_from = ${quietFrom === undefined ? sql`p.quiet_from` : sql`excluded.quiet_from`},
      quiet_to = ${quietTo === undefined ? sql`p.quiet_to` : sql`excluded.quiet_to`},
      updated_at = excluded.updated_at
    returning push, email, quiet_from, quiet_to`;
  return row;
}
