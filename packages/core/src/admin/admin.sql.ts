import type { UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import type { Tx } from "../ports/db/db.ts";

/** False where there is no such user. Of two that set the roles of one user, the second waits here. */
export async function lockUser(tx: Tx, userId: UserId): Promise<boolean> {
  const rows = await tx`select from users where id = ${userId} and status <> 'deleted' for no key update`;
  return rows.count > 0;
}

/** Gives these roles and takes the others; a role that stays keeps who granted it, and when. */
export async function replaceRoles(
  tx: Tx,
  {
    userId,
    roles,
    grantedBy,
    at,
  }: { readonly userId: UserId; readonly roles: readonly StaffRole[]; readonly grantedBy: UserId; readonly at: Date },
): Promise<void> {
  await tx`delete from staff_roles where user_id = ${userId} and role <> all(${roles as StaffRole[]}::text[])`;
  await tx`
    insert into staff_roles (user_id, role, granted_by, granted_at)
    select ${userId}, role, ${grantedBy}, ${at} from unnest(${roles as StaffRole[]}::text[]) as r (role)
    on conflict (user_id, role) do nothing`;
}
