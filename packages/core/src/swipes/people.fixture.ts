import type { UserId } from "@pendo/contract/ids";
import type { Db } from "../ports/db/db.ts";
import { testIds } from "../ports/ids/testIds.fixture.ts";

export interface Person {
  readonly name: string;
  readonly gender: string;
  readonly birthDate: string;
  readonly intent: string | null;
  readonly interests: readonly string[];
  readonly lat: number;
  readonly lon: number;
  readonly discoverable: boolean;
  readonly wants: readonly string[];
  readonly ageMin: number;
  readonly ageMax: number;
  readonly radiusKm: number;
  readonly intents: readonly string[];
  readonly activeAt: Date;
}

const anybody: Person = {
  name: "Ada",
  gender: "woman",
  birthDate: "1995-05-05",
  intent: "relationship",
  interests: [],
  lat: 52.52,
  lon: 13.4,
  discoverable: true,
  wants: ["woman", "man", "nonbinary"],
  ageMin: 18,
  ageMax: 99,
  radiusKm: 50,
  intents: [],
  activeAt: new Date(),
};

/** Adds people with complete profiles, as they are once everything has passed moderation; answers their ids. */
export async function addPeople(db: Db, people: readonly Partial<Person>[]): Promise<UserId[]> {
  const rows = people.map((person) => ({ ...anybody, ...person, id: testIds.next<UserId>() }));
  for (let from = 0; from < rows.length; from += 5_000) {
    const part = JSON.stringify(rows.slice(from, from + 5_000));
    await db`
      insert into users (id, created_at, last_active_at) select id, "activeAt" - interval '100 days', "activeAt"
      from jsonb_to_recordset(${part}::text::jsonb) as r (id uuid, "activeAt" timestamptz)`;
    await db`
      insert into profiles (user_id, name, birth_date, gender, intent, interests, text_state, lat, lon, located_at, discoverable, created_at, updated_at)
      select id, name, "birthDate", gender, intent, interests, 'visible', lat, lon, "activeAt", discoverable, "activeAt" - interval '100 days', "activeAt"
      from jsonb_to_recordset(${part}::text::jsonb) as r (id uuid, name text, "birthDate" date, gender text, intent text, interests text[], lat float8, lon float8,
        discoverable boolean, "activeAt" timestamptz)`;
    await db`
      insert into preferences (user_id, genders, age_min, age_max, radius_km, intents, updated_at)
      select id, wants, "ageMin", "ageMax", "radiusKm", intents, "activeAt"
      from jsonb_to_recordset(${part}::text::jsonb) as r (id uuid, wants text[], "ageMin" int, "ageMax" int, "radiusKm" int, intents text[], "activeAt" timestamptz)`;
  }
  return rows.map((row) => row.id);
}

/** Adds so many alike people. */
export function addCrowd(db: Db, count: number): Promise<UserId[]> {
  return addPeople(
    db,
    Array.from({ length: count }, () => ({})),
  );
}
