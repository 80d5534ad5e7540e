import type { Queryable } from "../ports/db/db.ts";

type Sql = ReturnType<Queryable>;

/** The day in UTC on which a moment falls. */
export function utcDay(sql: Queryable, at: Date): Sql {
  return sql`(${at}::timestamptz at time zone 'UTC')::date`;
}

/** Full years from a birthday to a day, as `ageOn` of the engine counts them. */
export function ageOnDay(sql: Queryable, day: Sql, birthDate: Sql) {
  return sql`extract(year from age(${day}, ${birthDate}))::int`;
}
