import type { UserId } from "@pendo/contract/ids";
import type { Gender, Intent, Prompt } from "@pendo/contract/profile";
import { matchEnded } from "../matches/matches.sql.ts";
import type { PhotoRow } from "../media/photos.ts";
import type { Queryable } from "../ports/db/db.ts";
import { acceptedName } from "../rules/acceptedName.ts";
import { travelling } from "../travel/travel.sql.ts";

export interface CardRow {
  readonly userId: UserId;
  readonly name: string;
  readonly age: number;
  readonly gender: Gender;
  readonly intent: Intent | null;
  readonly bio: string;
  readonly interests: string[];
  readonly job: string | null;
  readonly school: string | null;
  readonly heightCm: number | null;
  readonly prompts: Prompt[];
  readonly photos: PhotoRow[];
  readonly lat: number | null;
  readonly lon: number | null;
  readonly viewerLat: number | null;
  readonly viewerLon: number | null;
  readonly visiting: boolean;
}

export interface CardQuery {
  readonly viewerId: UserId;
  readonly userIds: readonly UserId[];
  readonly onlyDiscoverable: boolean;
  readonly orMatched: boolean;
  readonly at: Date;
}

/** HOT: cards with their prompts and photos in one statement. Words that did not pass moderation stay in the database. */
export function selectCards(sql: Queryable, { viewerId, userIds, onlyDiscoverable, orMatched, at }: CardQuery): Promise<CardRow[]> {
  return sql<CardRow[]>`
    select
      p.user_id, coalesce(${acceptedName(sql, "p")}, '') as name,
      extract(year from age((${at}::timestamptz at time zone 'UTC')::date, p.birth_date))::int as age,
      p.gender, p.intent, p.height_cm,
      case when p.text_state = 'visible' then p.bio else '' end as bio,
      case when p.text_state = 'visible' then p.interests else '{}' end as interests,
      case when p.text_state = 'visible' then p.job end as job,
      case when p.text_state = 'visible' then p.school end as school,
      case when p.text_state <> 'visible' then '[]' else (
        select coalesce(json_agg(json_build_object('id', id, 'question', question, 'answer', answer) order by position), '[]')
        from prompts where user_id = p.user_id
      ) end as prompts,
      (
        select coalesce(json_agg(json_build_object('id', id, 'version', version, 'width', width, 'height', height, 'blur', blur) order by position), '[]')
        from media where user_id = p.user_id and kind = 'photo' and state = 'visible' and position is not null
      ) as photos,
      coalesce(t.lat, p.lat) as lat, coalesce(t.lon, p.lon) as lon, t.user_id is not null as visiting,
      coalesce(w.lat, v.lat) as viewer_lat, coalesce(w.lon, v.lon) as viewer_lon
    from profiles p
    join users u on u.id = p.user_id and u.status = 'active'
    left join travels t on t.user_id = p.user_id and ${travelling(sql, at)}
    left join profiles v on v.user_id = ${viewerId} and v.user_id <> p.user_id
    left join travels w on w.user_id = v.user_id and ${travelling(sql, at, "w")}
    where p.user_id = any(${userIds as UserId[]}::uuid[])
      and (
        p.discoverable or not ${onlyDiscoverable} or (${orMatched} and (p.user_id = ${viewerId} or exists (
          select from matches where lo = least(p.user_id, ${viewerId}) and hi = greatest(p.user_id, ${viewerId}) and ended_at is null
        )))
      )
      and p.name is not null and p.birth_date is not null and p.gender is not null
      and not exists (
        select from blocks where (blocker_id, blocked_id) in ((${viewerId}, p.user_id), (p.user_id, ${viewerId}))
      )
      and not (${matchEnded(sql, viewerId, sql`p.user_id`)})`;
}
