import type { UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";
import type { PhotoRow } from "./photos.ts";

/** The visible photos of each profile, in their order. */
export function visiblePhotos(sql: Queryable, userIds: readonly UserId[]): Promise<(PhotoRow & { readonly userId: UserId })[]> {
  return sql<(PhotoRow & { readonly userId: UserId })[]>`
    select user_id, id, width, height, blur from media
    where user_id = any(${userIds as UserId[]}::uuid[]) and kind = 'photo' and state = 'visible' and position is not null
    order by user_id, position`;
}
