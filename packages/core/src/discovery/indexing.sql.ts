import type { UserId } from "@pendo/contract/ids";
import type { ProfileDocument } from "../ports/search/search.ts";
import type { Queryable } from "../ports/db/db.ts";

/**
 * What may be found of these people: only the discoverable, whose words have all passed moderation. Where a travel begins or its
 * end is told, this is asked again; whoever is found is checked by the clock.
 */
export async function documentsOf(sql: Queryable, userIds: readonly UserId[]): Promise<ProfileDocument[]> {
  return await sql<ProfileDocument[]>`
    select p.user_id, p.name, p.bio, p.interests, p.gender, p.birth_date::text as birth_date, p.intent,
      coalesce(t.lat, p.lat) as lat, coalesce(t.lon, p.lon) as lon,
      coalesce((select string_agg(answer, e'\n' order by position) from prompts where user_id = p.user_id), '') as prompts
    from profiles p join users u on u.id = p.user_id left join travels t on t.user_id = p.user_id and t.ended_at is null
    where p.user_id = any(${userIds as UserId[]}::uuid[]) and p.discoverable and u.status = 'active'`;
}
