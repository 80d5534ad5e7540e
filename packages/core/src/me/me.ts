import type { UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { findMe, updateSettings } from "./me.sql.ts";

export interface Me {
  readonly id: UserId;
  readonly email: string | null;
  readonly status: "active" | "deactivated";
  readonly roles: StaffRole[];
  readonly createdAt: string;
  readonly locale: string;
  readonly timeZone: string;
  readonly profileComplete: boolean;
  readonly discoverable: boolean;
}

/**
 * My account, as it is now in the database.
 * @throws {Fault} `account.suspended`: the account is suspended
 * @throws {Fault} `auth.tokenInvalid`: the account was deleted, and only its token is left
 */
export async function get({ db }: Uses<"db">, { userId }: { userId: UserId }): Promise<Me> {
  const row = await findMe(db, userId);
  if (!row || row.status === "deleted") throw new Fault("auth.tokenInvalid");
  if (row.status === "suspended") throw new Fault("account.suspended");
  const { userId: id, createdAt, ...account } = row;
  return { id, ...account, status: row.status, createdAt: createdAt.toISOString() };
}

/**
 * Changes my language or time zone, whichever is given.
 * @throws {Fault} `account.suspended`: the account is suspended
 * @throws {Fault} `auth.tokenInvalid`: the account was deleted, and only its token is left
 */
export async function update(
  ports: Uses<"db">,
  { userId, locale, timeZone }: { userId: UserId; locale?: string | undefined; timeZone?: string | undefined },
): Promise<Me> {
  await updateSettings(ports.db, { userId, locale: locale ?? null, timeZone: timeZone ?? null });
  return get(ports, { userId });
}
