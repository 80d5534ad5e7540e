import type { UserId } from "@pendo/contract/ids";
import type { Db } from "@pendo/core/ports/db/db";

/** How many users there are, deleted ones included. */
export async function countUsers(db: Db): Promise<number> {
  const [row] = await db<{ count: number }[]>`select count(*) as count from users`;
  return row?.count ?? 0;
}

/** The next ids of all users in their order; the first ones where `after` is null. */
export async function userIdsAfter(db: Db, after: UserId | null, limit: number): Promise<UserId[]> {
  const rows = await db<{ id: UserId }[]>`select id from users where ${after ? db`id > ${after}` : db`true`} order by id limit ${limit}`;
  return rows.map(({ id }) => id);
}
