import type { UserId } from "@pendo/contract/ids";
import type { Gender, Intent, Prompt } from "@pendo/contract/profile";
import { matchEnded } from "../rules/matchEnded.ts";
import type { PhotoRow } from "../rules/pictureKeys.ts";
import type { Queryable } from "../ports/db/db.ts";
import { acceptedName } from "../rules/acceptedName.ts";
import { hasIdentity } from "../rules/completeProfile.ts";
import { ageOnDay, utcDay } from "../rules/day.ts";
import { notBlocked } from "../rules/notBlocked.ts";
import { isPair } from "../rules/pair.ts";
import { areWordsVisible, isShownPhoto, photoJson } from "../rules/visible.ts";
import { travelling } from "../rules/travelling.ts";

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
      ${ageOnDay(sql, utcDay(sql, at), sql`p.birth_date`)} as age,
      p.gender, p.intent, p.height_cm,
      case when ${areWordsVisible(sql)} then p.bio else '' end as bio,
      case when ${areWordsVisible(sql)} then p.interests else '{}' end as interests,
      case when ${areWordsVisible(sql)} then p.job end as job,
      case when ${areWordsVisible(sql)} then p.school end as school,
      case when not ${areWordsVisible(sql)} then '[]' else (
        select coalesce(json_agg(json_build_object('id', id, 'question', question, 'answer', answer) order by position), '[]')
        from prompts where user_id = p.user_id
      ) end as prompts,
      (
        select coalesce(json_agg(${photoJson(sql)} order by position), '[]') from media where user_id = p.user_id and ${isShownPhoto(sql)}
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
          select from matches where ${isPair(sql, "matches", sql`p.user_id`, viewerId)} and ended_at is null
        )))
      )
      and ${hasIdentity(sql, "p")}
      and ${notBlocked(sql, viewerId, sql`p.user_id`)}
      and not (${matchEnded(sql, viewerId, sql`p.user_id`)})`;
}

/** Whether `GET /v1/profiles/{userId}` shows the viewer this user now. */
export async function isShown(sql: Queryable, { viewerId, userId, at }: { viewerId: UserId; userId: UserId; at: Date }): Promise<boolean> {
  const rows = await selectCards(sql, { viewerId, userIds: [userId], onlyDiscoverable: true, orMatched: true, at });
  return rows.length > 0;
}
