import type { UserId } from "@pendo/contract/ids";
import { boosting } from "../boosts/boosts.sql.ts";
import type { Queryable } from "../ports/db/db.ts";
import { apart, candidates, fit, inReach, showable, viewer, wantsViewer } from "./eligible.sql.ts";

export type Missing = "name" | "birthDate" | "gender" | "location";

export interface Found {
  /** What the viewer's own profile lacks; nobody is found while something is missing. */
  readonly missing: readonly Missing[];
  /** Best first. */
  readonly userIds: readonly UserId[];
}

/** What the score of somebody is multiplied by while their boost runs. */
const BOOST_FACTOR = 2;

export interface Retrieval {
  readonly userId: UserId;
  readonly at: Date;
  readonly limit: number;
  /** Decides the noise: the same seed gives the same order. */
  readonly seed: number;
}

/**
 * Everybody whom the viewer wants and who wants the viewer, exactly and both ways, ranked by the chance that both say yes. The score is a product, in
 * which every factor that is the same for all candidates is left out:
 *
 *     fit      (1 + 0.15 · shared interests, up to 5) · (1.25 with the same intent)
 *     near     1 / (1 + km / 20)
 *     liked    √r, where r = (likes + 1) / (swipes + 2) of the candidate: the geometric mean of both directions' chances, the viewer's own being
 *              constant. The root damps fame, and so does the next factor, which leads the popular to each other.
 *     alike    1 − |r − r of the viewer| / 2
 *     fresh    1.3 within a week of signing up, so that newcomers are seen at all
 *     here     0.4 + 0.6 · e^(−days since last active / 14)
 *     answer   4 with their superlike waiting, 3 with their like, 0.3 after their pass
 *     boosted  2 while a boost runs: as much as twenty kilometres less would do, and less than a like that waits
 *     noise    0.85 to 1.15, by the seed, so that ties fall differently for each deck
 */
function ranking(sql: Queryable, { userId, at, limit, seed }: Retrieval) {
  const facts: ReturnType<Queryable> = sql`
    p.user_id, p.created_at, coalesce(p.intent = v.intent, false) as same_intent,
    (select count(*) from unnest(p.interests) i where i = any(v.interests)) as shared, ${apart(sql)} / 1000 as km,
    (p.likes_received + 1) / (p.swipes_received + 2)::float8 as r, (v.likes_received + 1) / (v.swipes_received + 2)::float8 as own,
    case when s.lo = v.user_id then s.hi_action else s.lo_action end as answer`;
  return sql`
    with v as materialized (${viewer(sql, userId, at)}), eligible as materialized (
      ${inReach(sql, at, facts, sql`${showable(sql, at)} and ${fit(sql)}`)}
    ), ranked as (
      select e.user_id,
        (1 + 0.15::float8 * least(shared, 5)) * (case when same_intent then 1.25 else 1 end)::float8
        / (1 + km / 20) * sqrt(r) * (1 - abs(r - own) / 2)
        * (case when e.created_at > ${at}::timestamptz - interval '7 days' then 1.3 else 1 end)::float8
        * (0.4::float8 + 0.6::float8 * exp(least(date_part('epoch', last_active_at - ${at}::timestamptz), 0) / (14 * 86400)))
        * (case answer when 'superlike' then 4 when 'like' then 3 when 'pass' then 0.3 else 1 end)::float8
        * (case when b.id is null then 1 else ${BOOST_FACTOR}::float8 end)
        * (0.85::float8 + 0.3::float8 * (hashtextextended(e.user_id::text, ${seed}::bigint) & 65535) / 65535) as score
      from eligible e join users u on u.id = e.user_id and u.status = 'active'
        left join boosts b on b.user_id = e.user_id and ${boosting(sql, at)}
      order by score desc, e.user_id limit ${limit}
    )`;
}

/** Whom to meet next, best first. */
export async function retrieve(sql: Queryable, wanted: Retrieval): Promise<Found> {
  const rows = await sql<Found[]>`
    ${ranking(sql, wanted)}
    select missing, coalesce((select array_agg(user_id::text order by score desc, user_id) from ranked), '{}') as user_ids from v`;
  return rows[0] ?? { missing: ["name", "birthDate", "gender", "location"], userIds: [] };
}

/** The same with their scores, of which only those for one viewer can be compared. A viewer whose profile lacks something has nobody. */
export async function scored(sql: Queryable, wanted: Retrieval): Promise<{ userId: UserId; score: number }[]> {
  return await sql<{ userId: UserId; score: number }[]>`
    ${ranking(sql, wanted)}
    select ranked.user_id, score from ranked, v where missing = '{}' order by score desc, ranked.user_id`;
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
