import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { Intent } from "@pendo/contract/profile";
import { PASS_DAYS } from "@pendo/engine/eligibility/eligible";
import { priorWeights } from "@pendo/engine/score/coldStart";
import type { Counts } from "@pendo/engine/score/standing";
import { weights } from "@pendo/engine/score/weights";
import { boosting } from "../rules/boosting.ts";
import type { Queryable } from "../ports/db/db.ts";
import { otherSide } from "../rules/pair.ts";
import { travelling } from "../rules/travelling.ts";
import { fit, inReach, showable, viewer } from "./eligible.sql.ts";
import type { Missing } from "./retrieve.sql.ts";

type Sql = ReturnType<Queryable>;

/** All that the score of a pair is made of, of one person. */
export interface ScoredRow extends Counts {
  readonly userId: UserId;
  readonly birthDate: string;
  readonly intent: Intent | null;
  readonly interests: readonly string[];
  /** Where they are seen. */
  readonly lat: number;
  readonly lon: number;
  readonly createdAt: Date;
  readonly lastActiveAt: Date;
  readonly boosted: boolean;
  /** What they answered to the viewer, and stands. */
  readonly answer: SwipeAction | null;
  /** What was learned about them, where something was. */
  readonly learned: Uint8Array | null;
}

export interface Likely {
  readonly missing: readonly Missing[];
  /** Nobody where something is missing. */
  readonly viewer: ScoredRow | undefined;
  /** In no order. */
  readonly candidates: readonly ScoredRow[];
}

/**
 * Of everybody whom the viewer wants and who wants the viewer, exactly and both ways, those whose score is likely to be the highest, with what the score is
 * made of. They are found by all of the score that SQL reckons with little: the weights, the biases that were learned, age and intent. What it leaves out, what
 * interests are about and the learned vectors, moves a score by less than what so many people differ by. Equals are chosen among by the seed.
 */
export async function likely(
  sql: Queryable,
  { userId, at, limit, seed }: { readonly userId: UserId; readonly at: Date; readonly limit: number; readonly seed: number },
): Promise<Likely> {
  const [theirs, theirsAt] = [otherSide(sql, "s", sql`v.user_id`, "action"), otherSide(sql, "s", sql`v.user_id`, "at")];
  const facts: Sql = sql`
    p.user_id, ${roughlyKm(sql)} as km, ((p.birth_date - v.birth_date) / 3652.5::float8) as gap, (p.intent = v.intent) is true as same_intent,
    case when ${theirs} <> 'pass' or ${theirsAt} > ${at}::timestamptz - make_interval(days => ${PASS_DAYS}::int) then ${theirs} end as answer`;
  const rows = await sql<(ScoredRow & { readonly missing: readonly Missing[] | null })[]>`
    with v as materialized (${viewer(sql, userId, at)}), own as materialized (
      select coalesce(sum(actor), 0) as actor, coalesce(sum(target), 0) as target from beliefs where user_id = ${userId}::uuid
    ), eligible as materialized (
      ${inReach(sql, at, facts, sql`${showable(sql, at)} and ${fit(sql)}`)}
    ), found as (
      select e.user_id, answer, b.id is not null as boosted, u.created_at, u.last_active_at
      from own cross join eligible e join users u on u.id = e.user_id and u.status = 'active'
        left join beliefs l on l.user_id = e.user_id
        left join boosts b on b.user_id = e.user_id and ${boosting(sql, at)}
      order by ${about(sql, at)} desc, uuid_hash_extended(e.user_id, ${seed}::bigint)
      limit ${limit}
    ), picked as (
      select *, null::text[] as missing from found
      union all select v.user_id, null, false, u.created_at, u.last_active_at, v.missing from v join users u on u.id = v.user_id
    )
    select p.user_id, p.birth_date::text as birth_date, p.intent, p.interests, coalesce(t.lat, p.lat) as lat, coalesce(t.lon, p.lon) as lon,
      picked.created_at, picked.last_active_at, boosted, answer, l.learned,
      coalesce(l.yeses, 0) as yeses, coalesce(l.swipes, 0) as swipes, coalesce(l.shown, 0) as shown, missing
    from picked join profiles p on p.user_id = picked.user_id left join travels t on t.user_id = p.user_id and ${travelling(sql, at)}
      left join beliefs l on l.user_id = p.user_id`;
  const own = rows.find((row) => row.missing !== null);
  const missing = own?.missing ?? ["name", "birthDate", "gender", "location"];
  if (missing.length > 0) return { missing, viewer: undefined, candidates: [] };
  return { missing, viewer: own, candidates: rows.filter((row) => row !== own) };
}

/** How far they are apart, as on a plane: at distances where people meet it is off by less than a percent, and takes a tenth of the time. */
function roughlyKm(sql: Queryable): Sql {
  const [lat, lon] = [sql`(coalesce(t.lat, p.lat) - v.lat)`, sql`abs(coalesce(t.lon, p.lon) - v.lon)`];
  return sql`111.2::float8 * sqrt(${lat} * ${lat} + (least(${lon}, 360 - ${lon}) * cos(radians(v.lat))) ^ 2)`;
}

/** About the score: the chance that both say yes by age, intent and the learned biases, times the weights. */
function about(sql: Queryable, at: Date): Sql {
  const { base, sameIntent, ageGap } = priorWeights;
  const { freshDays, fresh, awayDays, awayLeast, boosted, liked, halfKm } = weights;
  const alike = sql`(${base}::float8 + ${ageGap}::float8 * gap * gap + case when same_intent then ${sameIntent}::float8 else 0 end)`;
  const days = sql`least(date_part('epoch', u.last_active_at - ${at}::timestamptz) / 86400, 0)`;
  return sql`
    (case when u.created_at > ${at}::timestamptz - make_interval(days => ${freshDays}::int) then ${fresh}::float8 else 1 end)
    * (${awayLeast}::float8 + ${1 - awayLeast}::float8 * exp(${days} / ${awayDays}::float8))
    * coalesce(l.worth, 1) * (case when b.id is null then 1 else ${boosted}::float8 end)
    * (case when answer is null or answer = 'pass' then 1 else ${liked}::float8 end) / (1 + km / ${halfKm}::float8)
    / ((1 + exp(-(${alike} + own.actor + coalesce(l.target, 0)))) * (1 + exp(-(${alike} + own.target + coalesce(l.actor, 0)))))`;
}
