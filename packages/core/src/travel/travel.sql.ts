import type { UserId } from "@pendo/contract/ids";
import type { Coordinates } from "../rules/distance.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { travelling } from "../rules/travelling.ts";

export interface Lasting {
  readonly startedAt: Date;
  readonly until: Date;
}

export interface Travelled extends Lasting {
  readonly place: Coordinates;
  readonly endedAt: Date | null;
}

/** The travel that lasts at a moment. */
export async function current(sql: Queryable, userId: UserId, at: Date): Promise<Lasting | undefined> {
  const [row] = await sql<Lasting[]>`select started_at, until from travels t where user_id = ${userId} and ${travelling(sql, at)}`;
  return row;
}

/** The newest travel, over or not. The caller holds the row of the profile, so nobody else starts one meanwhile. */
export async function newest(tx: Tx, userId: UserId): Promise<Travelled | undefined> {
  const rows = await tx<(Coordinates & Omit<Travelled, "place">)[]>`
    select lat, lon, started_at, until, ended_at from travels where user_id = ${userId} for update`;
  return rows.map(({ lat, lon, ...rest }) => ({ place: { lat, lon }, ...rest }))[0];
}

/** Puts a travel in the place of the one before. */
export async function put(
  tx: Tx,
  { userId, to, startedAt, until }: Lasting & { readonly userId: UserId; readonly to: Coordinates },
): Promise<void> {
  await tx`
    insert into travels (user_id, lat, lon, started_at, until) values (${userId}, ${to.lat}, ${to.lon}, ${startedAt}, ${until})
    on conflict (user_id) do update set lat = excluded.lat, lon = excluded.lon, started_at = excluded.started_at, until = excluded.until, ended_at = null`;
}

/** Ends a travel before its time; answers whether there was one. */
export async function cut(tx: Tx, userId: UserId, at: Date): Promise<boolean> {
  return (await tx`update travels t set ended_at = ${at}, until = ${at} where user_id = ${userId} and ${travelling(tx, at)}`).count > 0;
}

/** Notes that travels are over whose time has come, and answers whose. What another run holds, it tells. */
export async function endDue(tx: Tx, { at, limit }: { readonly at: Date; readonly limit: number }): Promise<UserId[]> {
  const rows = await tx<{ userId: UserId }[]>`
    with due as (
      select user_id from travels where ended_at is null and until <= ${at} order by until limit ${limit} for update skip locked
    )
    update travels t set ended_at = ${at} from due where t.user_id = due.user_id returning t.user_id`;
  return rows.map((row) => row.userId);
}
