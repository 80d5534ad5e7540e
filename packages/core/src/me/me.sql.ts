import type { UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import type { Queryable } from "../ports/db/db.ts";
import { isComplete } from "../rules/completeProfile.ts";

export interface MeRow {
  readonly userId: UserId;
  readonly email: string | null;
  readonly status: "active" | "suspended" | "deactivated" | "deleted";
  readonly roles: StaffRole[];
  readonly createdAt: Date;
  readonly locale: string;
  readonly timeZone: string;
  readonly profileComplete: boolean;
  readonly discoverable: boolean;
}

/** A profile is complete when it has all that makes one discoverable, except for the verdicts on its words and photos. */
export async function findMe(sql: Queryable, userId: UserId): Promise<MeRow | null> {
  const rows = await sql<MeRow[]>`
    select u.id as user_id, u.status, u.created_at, u.locale, u.time_zone,
      (select subject from identities where user_id = u.id and provider = 'email' limit 1) as email,
      array(select role from staff_roles where user_id = u.id order by role) as roles,
      coalesce(p.discoverable, false) as discoverable,
      coalesce(${isComplete(sql, "p")}, false)
        and exists (
          select from media
          where user_id = u.id and kind = 'photo' and state in ('uploaded', 'processed', 'visible') and position is not null
        ) as profile_complete
    from users u left join profiles p on p.user_id = u.id
    where u.id = ${userId}`;
  return rows[0] ?? null;
}

/** Null leaves a setting as it is. */
export async function updateSettings(
  sql: Queryable,
  { userId, locale, timeZone }: { userId: UserId; locale: string | null; timeZone: string | null },
): Promise<void> {
  await sql`
    update users set locale = coalesce(${locale}, locale), time_zone = coalesce(${timeZone}, time_zone) where id = ${userId}`;
}
