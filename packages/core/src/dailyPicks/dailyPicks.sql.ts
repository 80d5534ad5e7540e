import type { UserId } from "@pendo/contract/ids";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { otherUser } from "../rules/pair.ts";
import type { Morning } from "./mornings.ts";

/** The time zones of those who were active since. */
export async function timeZones(sql: Queryable, since: Date): Promise<string[]> {
  const rows = await sql<
    { timeZone: string }[]
  >`select distinct time_zone from users where status = 'active' and last_active_at > ${since}`;
  return rows.map((row) => row.timeZone);
}

export interface Due {
  readonly userId: UserId;
  /** The day that is due, where they are. */
  readonly day: string;
}

/** People whose morning has come and who have no picks of that day yet: neighbours together, since they are whom they may be paired with. */
export async function due(
  sql: Queryable,
  { since, mornings, limit }: { readonly since: Date; readonly mornings: readonly Morning[]; readonly limit: number },
): Promise<Due[]> {
  return await sql<Due[]>`
    select u.id as user_id, m.day::text as day
    from unnest(${mornings.map((one) => one.timeZone)}::text[], ${mornings.map((one) => one.day)}::text[]::date[]) as m (time_zone, day)
    join users u on u.time_zone = m.time_zone and u.status = 'active' and u.last_active_at > ${since}
    join profiles p on p.user_id = u.id and p.discoverable
    left join daily_rounds r on r.user_id = u.id
    where r.day is null or r.day < m.day
    order by floor(p.lat * 2), floor(p.lon * 2), u.id limit ${limit}`;
}

/** Takes these mornings, so that nobody else makes them, and answers those that nobody else took. Where the transaction does not commit, they are due again. */
export async function claim(tx: Tx, mornings: readonly Due[]): Promise<Set<UserId>> {
  const rows = await tx<{ userId: UserId }[]>`
    insert into daily_rounds as r (user_id, day)
    select user_id, day from unnest(${mornings.map((one) => one.userId)}::uuid[], ${mornings.map((one) => one.day)}::text[]::date[]) as m (user_id, day)
    order by user_id
    on conflict (user_id) do update set day = excluded.day where r.day < excluded.day
    returning user_id`;
  return new Set(rows.map((row) => row.userId));
}

/** Who of these were paired since, as "lower id, higher id". */
export async function pairedSince(sql: Queryable, userIds: readonly UserId[], since: Date): Promise<Set<string>> {
  const rows = await sql<{ pair: string }[]>`
    select lo || ' ' || hi as pair from daily_pairs where lo = any(${userIds as UserId[]}::uuid[]) and made_at > ${since}`;
  return new Set(rows.map((row) => row.pair));
}

export interface Pick {
  readonly userId: UserId;
  readonly place: number;
  readonly pickId: UserId;
}

/** Puts the picks of a morning in the place of those before. */
export async function replacePicks(
  tx: Tx,
  { userIds, picks, until }: { readonly userIds: readonly UserId[]; readonly picks: readonly Pick[]; readonly until: Date },
): Promise<void> {
  await tx`delete from daily_picks where user_id = any(${userIds as UserId[]}::uuid[])`;
  await tx`
    insert into daily_picks (user_id, place, pick_id, until)
    select user_id, place, pick_id, ${until}::timestamptz
    from unnest(${picks.map((one) => one.userId)}::uuid[], ${picks.map((one) => one.place)}::int[], ${picks.map((one) => one.pickId)}::uuid[])
      as p (user_id, place, pick_id)`;
}

/** Ends the pairs that these people are in, and begins new ones. */
export async function replacePairs(
  tx: Tx,
  {
    userIds,
    couples,
    at,
    until,
  }: {
    readonly userIds: readonly UserId[];
    readonly couples: readonly (readonly [UserId, UserId])[];
    readonly at: Date;
    readonly until: Date;
  },
): Promise<void> {
  const sorted = couples.map(([a, b]) => (a < b ? [a, b] : [b, a]) as [UserId, UserId]);
  await tx`
    update daily_pairs set until = ${at}
    where until > ${at} and (lo = any(${userIds as UserId[]}::uuid[]) or hi = any(${userIds as UserId[]}::uuid[]))`;
  await tx`
    insert into daily_pairs (lo, hi, made_at, until)
    select lo, hi, ${at}::timestamptz, ${until}::timestamptz
    from unnest(${sorted.map(([lo]) => lo)}::uuid[], ${sorted.map(([, hi]) => hi)}::uuid[]) as c (lo, hi)
    on conflict (lo, hi) do update set made_at = excluded.made_at, until = excluded.until`;
}

export interface Offered {
  readonly userIds: readonly UserId[];
  readonly until: Date | null;
}

/** A user's picks that are not over, the best first. */
export async function picksOf(sql: Queryable, userId: UserId, at: Date): Promise<Offered> {
  const rows = await sql<{ pickId: UserId; until: Date }[]>`
    select pick_id, until from daily_picks where user_id = ${userId} and until > ${at} order by place`;
  return { userIds: rows.map((row) => row.pickId), until: rows[0]?.until ?? null };
}

/** Whom a user is paired with, if that is not over. */
export async function partnerOf(sql: Queryable, userId: UserId, at: Date): Promise<Offered> {
  const [row] = await sql<{ otherId: UserId; until: Date }[]>`
    select ${otherUser(sql, "daily_pairs", userId)} as other_id, until
    from daily_pairs where ${userId} in (lo, hi) and until > ${at} order by made_at desc limit 1`;
  return { userIds: row ? [row.otherId] : [], until: row?.until ?? null };
}
