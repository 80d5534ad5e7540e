import type { Db } from "./db.ts";

/** Asks the database whether it answers, with a statement that reads no table. Rejects where it does not. */
export async function pingDb(db: Db): Promise<void> {
  await db`select 1`;
}
