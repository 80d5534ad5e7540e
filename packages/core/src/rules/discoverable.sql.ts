import type { UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";
import { isComplete } from "./completeProfile.ts";
import { isShownPhoto } from "./visible.ts";

/** Writes `profiles.discoverable` where it is not what it should be; answers its new value, or null where nothing changed. */
export async function recomputeDiscoverable(sql: Queryable, userId: UserId, at: Date): Promise<boolean | null> {
  // The row is locked before it is judged: two changes at once are judged one after the other, each on what the other left.
  await sql`select 1 from profiles where user_id = ${userId} for update`;
  const rows = await sql<{ discoverable: boolean }[]>`
    update profiles set discoverable = not discoverable, updated_at = ${at}
    where user_id = ${userId} and discoverable is distinct from (
      visibility = 'visible' and not held and text_state = 'visible' and ${isComplete(sql, "profiles")}
      and exists (select from users where id = ${userId} and status = 'active')
      and exists (select from media where user_id = ${userId} and ${isShownPhoto(sql)})
    )
    returning discoverable`;
  return rows[0]?.discoverable ?? null;
}
