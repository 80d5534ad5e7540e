import type { UserId } from "@pendo/contract/ids";
import type { PhotoRow } from "./pictureKeys.ts";
import type { Queryable } from "../ports/db/db.ts";
import { isShownPhoto } from "./visible.ts";

/** The visible photos of each profile, in their order. */
export function visiblePhotos(sql: Queryable, userIds: readonly UserId[]): Promise<(PhotoRow & { readonly userId: UserId })[]> {
  return sql<(PhotoRow & { readonly userId: UserId })[]>`
    select user_id, id, version, width, height, blur from media
    where user_id = any(${userIds as UserId[]}::uuid[]) and ${isShownPhoto(sql)}
    order by user_id, position`;
}
