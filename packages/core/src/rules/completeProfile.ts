import type { Queryable } from "../ports/db/db.ts";

/** Whether the profile in the row of this name says who its user is: name, birthday and gender. */
export function hasIdentity(sql: Queryable, row: "p" | "profiles") {
  const profile = sql(row);
  return sql`(${profile}.name is not null and ${profile}.birth_date is not null and ${profile}.gender is not null)`;
}

/** Whether the profile in the row of this name lacks nothing that matching needs: an identity, and where the user is. */
export function isComplete(sql: Queryable, row: "p" | "profiles") {
  return sql`(${hasIdentity(sql, row)} and ${sql(row)}.lat is not null)`;
}

/** What the profile `p` lacks of that, by the names of the API. */
export function missingOf(sql: Queryable) {
  return sql`
    array_remove(array[
      case when p.name is null then 'name' end, case when p.birth_date is null then 'birthDate' end,
      case when p.gender is null then 'gender' end, case when p.lat is null then 'location' end
    ], null)`;
}
