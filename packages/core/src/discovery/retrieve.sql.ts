import type { UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";
import { candidates, fit, showable, viewer, wantsViewer } from "./eligible.sql.ts";

export type Missing = "name" | "birthDate" | "gender" | "location";

export interface Found {
  /** What the viewer's own profile lacks; nobody is found while something is missing. */
  readonly missing: readonly Missing[];
  /** Best first. */
  readonly userIds: readonly UserId[];
}

/** Of a deck, who may still be shown, in the deck's order: whoever was swiped, blocked, hidden, or does not fit any more is gone. */
export async function stillEligible(
  sql: Queryable,
  { userId, userIds, at }: { userId: UserId; userIds: readonly UserId[]; at: Date },
): Promise<Found> {
  const rows = await sql<Found[]>`
    with v as materialized (${viewer(sql, userId, at)}), alive as (
      select p.user_id, deck.place as rank
      from v cross join unnest(${userIds as UserId[]}::uuid[]) with ordinality as deck (user_id, place) cross join ${candidates(sql, at)}
      where p.user_id = deck.user_id and ${showable(sql, at)} and ${fit(sql)}
    )
    select missing, coalesce((select array_agg(user_id::text order by rank) from alive), '{}') as user_ids from v`;
  return rows[0] ?? { missing: ["name", "birthDate", "gender", "location"], userIds: [] };
}

/** Of search hits, who may be shown and wants the viewer, in the order of the hits. What the viewer wants, the search was told. */
export async function stillShowable(
  sql: Queryable,
  { userId, userIds, at }: { userId: UserId; userIds: readonly UserId[]; at: Date },
): Promise<UserId[]> {
  const rows = await sql<{ userId: UserId }[]>`
    with v as materialized (${viewer(sql, userId, at)})
    select p.user_id from v cross join unnest(${userIds as UserId[]}::uuid[]) with ordinality as hit (user_id, place) cross join ${candidates(sql, at)}
    where p.user_id = hit.user_id and ${showable(sql, at)} and ${wantsViewer(sql)}
    order by hit.place`;
  return rows.map((row) => row.userId);
}

export interface Seeker {
  readonly missing: readonly Missing[];
  readonly lat: number | null;
  readonly lon: number | null;
  readonly genders: readonly string[];
  readonly ageMin: number;
  readonly ageMax: number;
  readonly radiusKm: number;
  readonly intents: readonly string[];
}

/** Where the viewer is, and what the preferences say: the filters of a search that names none. */
export async function seeker(sql: Queryable, userId: UserId, at: Date): Promise<Seeker | undefined> {
  const rows = await sql<Seeker[]>`
    with v as (${viewer(sql, userId, at)})
    select v.missing, v.lat, v.lon, f.genders, f.age_min, f.age_max, f.radius_km, f.intents from v join preferences f using (user_id)`;
  return rows[0];
}
