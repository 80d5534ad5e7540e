import type { Db } from "../ports/db/db.ts";

/** Writes one row, at most once a second however often it is asked. Rejects where the database takes no writes. */
export async function writeHeartbeat(db: Db, at: Date): Promise<void> {
  await db`
    insert into heartbeats (name, at) values ('readyz', ${at})
    on conflict (name) do update set at = excluded.at
    where heartbeats.at not between excluded.at - interval '1 second' and excluded.at`;
}
