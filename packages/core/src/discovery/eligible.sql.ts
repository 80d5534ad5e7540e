import type { UserId } from "@pendo/contract/ids";
import { PASS_DAYS } from "@pendo/engine/eligibility/eligible";
import type { Queryable } from "../ports/db/db.ts";
import { missingOf } from "../rules/completeProfile.ts";
import { ageOnDay, utcDay } from "../rules/day.ts";
import { notBlocked } from "../rules/notBlocked.ts";
import { isPair, ownSide } from "../rules/pair.ts";
import { travelling } from "../rules/travelling.ts";

/**
 * The viewer as a row `v`: what eligibility needs of profile and preferences. Ages are counted on the clock's day in UTC, as on cards; somebody is
 * in the range from the birthday on which ageMin is reached, up to the day before turning ageMax + 1. Places are the snapped ones, and
 * of whoever travels that of the travel.
 */
export function viewer(sql: Queryable, userId: UserId, at: Date) {
  return sql`
    select p.user_id, p.gender, p.birth_date, p.intent,
      coalesce(t.lat, p.lat) as lat, coalesce(t.lon, p.lon) as lon, coalesce(t.place, p.place) as place,
      ${ageOnDay(sql, sql`today`, sql`p.birth_date`)} as age,
      f.genders, f.intents, f.radius_km,
      (today - make_interval(years => f.age_max + 1))::date as born_after, (today - make_interval(years => f.age_min))::date as born_by,
      ${missingOf(sql)} as missing
    from profiles p join preferences f on f.user_id = p.user_id left join travels t on t.user_id = p.user_id and ${travelling(sql, at)},
      (select ${utcDay(sql, at)} as today) as clock
    where p.user_id = ${userId}::uuid`;
}

/** Everybody as `p` with preferences `q`, `t`, where they travel, and `s`, the row in which the viewer `v` and they swiped, where there are such. */
export function candidates(sql: Queryable, at: Date) {
  return sql`
    profiles p join preferences q on q.user_id = p.user_id
    left join travels t on t.user_id = p.user_id and ${travelling(sql, at)}
    left join swipe_pairs s on ${isPair(sql, "s", sql`p.user_id`, sql`v.user_id`)}`;
}

/** How far the viewer and the candidate are from each other, in metres, where each is seen. */
function apart(sql: Queryable) {
  return sql`earth_distance(v.place, coalesce(t.place, p.place))`;
}

/** Whom the viewer wants, wherever they are: `v`'s preferences about `p`. */
function wanted(sql: Queryable) {
  return sql`
    (p.gender = any(v.genders) and p.birth_date > v.born_after and p.birth_date <= v.born_by
      and (v.intents = '{}' or p.intent = any(v.intents)))`;
}

/** Who wants the viewer, wherever they are: `q`, their preferences, about `v`. */
function wanting(sql: Queryable) {
  return sql`
    (v.gender = any(q.genders) and v.age between q.age_min and q.age_max
      and (q.intents = '{}' or v.intent = any(q.intents)))`;
}

/** Who wants the viewer, and is near enough for that. */
export function wantsViewer(sql: Queryable) {
  return sql`(${wanting(sql)} and ${apart(sql)} <= q.radius_km * 1000)`;
}

/** Who fits, both ways. How far they are apart is computed once, since that takes longer than all else. */
export function fit(sql: Queryable) {
  return sql`(${wanted(sql)} and ${wanting(sql)} and ${apart(sql)} <= least(v.radius_km, q.radius_km) * 1000)`;
}

/**
 * Who may be shown to the viewer at all: discoverable, not blocked either way, not swiped but for a pass long ago. That the user is active is part of
 * being discoverable, and is looked at once more where cards are made.
 */
export function showable(sql: Queryable, at: Date) {
  const [mine, mineAt] = [ownSide(sql, "s", sql`v.user_id`, "action"), ownSide(sql, "s", sql`v.user_id`, "at")];
  return sql`
    (p.discoverable and p.user_id <> v.user_id
      and (${mine} is null or (${mine} = 'pass' and ${mineAt} < ${at}::timestamptz - make_interval(days => ${PASS_DAYS}::int)))
      and ${notBlocked(sql, sql`v.user_id`, sql`p.user_id`)})`;
}

type Sql = ReturnType<Queryable>;

/**
 * Columns of the candidates `p` within the viewer's radius who fit, each once. Whoever is at home is found by one index, whoever travels by another:
 * no index knows who travels at this moment.
 */
export function inReach(sql: Queryable, at: Date, columns: Sql, fits: Sql) {
  return sql`
    select ${columns} from v cross join ${candidates(sql, at)}
    where earth_box(v.place, v.radius_km * 1000.0) @> p.place and t.user_id is null and ${fits}
    union all
    select ${columns} from v cross join lateral (
      select visitor.user_id from travels visitor
      where earth_box(v.place, v.radius_km * 1000.0) @> visitor.place and ${travelling(sql, at, "visitor")}
    ) visitor cross join ${candidates(sql, at)}
    where p.user_id = visitor.user_id and ${fits}`;
}
