import type { UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import type { Tx } from "../ports/db/db.ts";

/** False where there is no such user. Of two that set the roles of one user, the second waits here. */
export async function lockUser(tx: Tx, userId: UserId): Promise<boolean> {
  const rows = await tx`select from users where id = ${userId} and status <> 'deleted' for no key update`;
  return rows.count > 0;
}

/** Holds the roles of all admins: of two who take each other's, the second sees what the first did. */
export async function lockAdmins(tx: Tx): Promise<void> {
  await tx`select from staff_roles where role = 'admin' order by user_id for update`;
}

/**
 * Whether a user with the role `admin` is left, as this transaction sees it. Run it after `lockAdmins`, or two removals
 * miss each other.
 */
export async function hasAdmin(tx: Tx): Promise<boolean> {
  return (await tx`select from staff_roles where role = 'admin' limit 1`).count > 0;
}

/** Gives these roles and takes the others, which it answers; a role that stays keeps who granted it, and when. */
export async function writeRoles(
  tx: Tx,
  {
    userId,
    roles,
    grantedBy,
    at,
  }: { readonly userId: UserId; readonly roles: readonly StaffRole[]; readonly grantedBy: UserId; readonly at: Date },
): Promise<StaffRole[]> {
  const taken = await tx<{ role: StaffRole }[]>`
    delete from staff_roles where user_id = ${userId} and role <> all(${roles as StaffRole[]}::text[]) returning role`;
  await tx`
    insert into staff_roles (user_id, role, granted_by, granted_at)
    select ${userId}, role, ${grantedBy}, ${at} from unnest(${roles as StaffRole[]}::text[]) as r (role)
    on conflict (user_id, role) do nothing`;
  return taken.map(({ role }) => role);
}
