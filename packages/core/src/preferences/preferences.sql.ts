import type { UserId } from "@pendo/contract/ids";
import type { Gender, Intent } from "@pendo/contract/profile";
import type { Queryable, Tx } from "../ports/db/db.ts";

export interface Preferences {
  readonly genders: Gender[];
  readonly ageMin: number;
  readonly ageMax: number;
  readonly radiusKm: number;
  readonly intents: Intent[];
}

/** The preferences of a user: ages in years, the radius in kilometres. Null where the user has not set any. */
export async function preferencesOf(sql: Queryable, userId: UserId): Promise<Preferences | null> {
  const rows = await sql<Preferences[]>`
    select genders, age_min, age_max, radius_km, intents from preferences where user_id = ${userId}`;
  return rows[0] ?? null;
}

/** The preferences, made with the defaults of the table where there are none, and locked until the transaction ends. */
export async function lockPreferences(tx: Tx, userId: UserId, at: Date): Promise<Preferences> {
  await tx`insert into preferences (user_id, updated_at) values (${userId}, ${at}) on conflict do nothing`;
  const rows = await tx<Preferences[]>`
    select genders, age_min, age_max, radius_km, intents from preferences where user_id = ${userId} for update`;
  const row = rows[0];
  if (!row) throw new Error("preferences vanished while they were locked");
  return row;
}

/** Replaces all preferences of a user. `lockPreferences` has to have made the row. */
export async function writePreferences(sql: Queryable, userId: UserId, wanted: Preferences, at: Date): Promise<void> {
  await sql`
    update preferences set genders = ${wanted.genders}, age_min = ${wanted.ageMin}, age_max = ${wanted.ageMax}, radius_km = ${wanted.radiusKm},
      intents = ${wanted.intents}, updated_at = ${at}
    where user_id = ${userId}`;
}
