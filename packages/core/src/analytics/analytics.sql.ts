import type { EventId, UserId } from "@pendo/contract/ids";
import type { MetricName } from "@pendo/contract/metrics";
import type { Queryable, Tx } from "../ports/db/db.ts";

export type Milestone = Extract<MetricName, "profilesCompleted" | "firstSwipes" | "firstMatches" | "firstMessages">;

export interface DayCount {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly name: MetricName;
  readonly value: number;
}

export interface UserDay {
  readonly userId: UserId;
  readonly day: string;
}

export interface Reached extends UserDay {
  readonly name: Milestone;
}

/** Marks facts as done, and answers those that were not. In the order of their ids, so that two batches that share some wait in one direction. */
export async function firstTimes(tx: Tx, eventIds: readonly EventId[], at: Date): Promise<Set<EventId>> {
  const rows = await tx<{ eventId: EventId }[]>`
    insert into inbox (consumer, event_id, done_at)
    select 'analytics', id, ${at} from unnest(${eventIds as EventId[]}::uuid[]) as fact (id) order by id
    on conflict do nothing returning event_id`;
  return new Set(rows.map((row) => row.eventId));
}

/** Which of these ids are of accounts of the synthetic canary. Ids of other things are of no user. */
export async function canaries(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx<{ id: UserId }[]>`select id from users where is_canary and id = any(${ids as string[]}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}

/** Notes on which days users were active; answers for each day how many of them are new to it. */
export async function markActive(tx: Tx, active: readonly UserDay[]): Promise<DayCount[]> {
  const rows = await tx<{ day: string; value: number }[]>`
    with added as (
      insert into active_days (day, user_id)
      select a.day, u.id from unnest(${active.map(({ day }) => day)}::text[]::date[], ${active.map(({ userId }) => userId)}::uuid[]) as a (day, user_id)
      join users u on u.id = a.user_id
      order by a.day, u.id
      on conflict do nothing returning day
    )
    select day::text, count(*)::int as value from added group by day`;
  return rows.map(({ day, value }) => ({ day, name: "activeUsers", value }));
}

/** Notes how far users got; answers how many got so far for the first time. */
export async function reach(tx: Tx, reached: readonly Reached[]): Promise<DayCount[]> {
  return await tx<(DayCount & { name: Milestone })[]>`
    with added as (
      insert into milestones (user_id, name, day)
      select u.id, r.name, min(r.day)
      from unnest(${reached.map(({ userId }) => userId)}::uuid[], ${reached.map(({ name }) => name)}::text[],
        ${reached.map(({ day }) => day)}::text[]::date[]) as r (user_id, name, day)
      join users u on u.id = r.user_id
      group by u.id, r.name order by u.id, r.name
      on conflict do nothing returning name, day
    )
    select day::text, name, count(*)::int as value from added group by day, name`;
}

/** Which of these have a profile that others may come across. */
export async function withProfile(sql: Queryable, userIds: readonly UserId[]): Promise<Set<UserId>> {
  const rows = await sql<
    { userId: UserId }[]
  >`select user_id from profiles where user_id = any(${userIds as UserId[]}::uuid[]) and discoverable`;
  return new Set(rows.map((row) => row.userId));
}

/** Adds to the counts of days. Rows are locked in the order of their keys, and at the very end, because every batch wants the same few. */
export async function add(tx: Tx, counts: readonly DayCount[]): Promise<void> {
  await tx`
    insert into metric_days as m (day, name, value)
    select day, name, sum(value)::bigint
    from unnest(${counts.map(({ day }) => day)}::text[]::date[], ${counts.map(({ name }) => name)}::text[], ${counts.map(({ value }) => value)}::bigint[])
      as c (day, name, value)
    group by day, name order by day, name
    on conflict (day, name) do update set value = m.value + excluded.value`;
}

/** The daily counts from a day to a day, both included, as `YYYY-MM-DD` in UTC, in the order of days and names. */
export async function dayCounts(sql: Queryable, { from, to }: { readonly from: string; readonly to: string }): Promise<DayCount[]> {
  return await sql<DayCount[]>`
    select day::text, name, value from metric_days where day between ${from}::text::date and ${to}::text::date order by day, name`;
}

/** How many different people were active from one day to another, both included. */
export async function activeBetween(sql: Queryable, { from, to }: { readonly from: string; readonly to: string }): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(distinct user_id)::int as count from active_days where day between ${from}::text::date and ${to}::text::date`;
  return row?.count ?? 0;
}
