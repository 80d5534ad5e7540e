import type { UserId } from "@pendo/contract/ids";
import type { Queryable, Tx } from "../ports/db/db.ts";
import type { Coordinates } from "../rules/distance.ts";

export interface Located {
  readonly place: Coordinates | null;
  readonly at: Date | null;
  readonly windowAt: Date | null;
  readonly changes: number;
}

/** Where somebody is shown, locked until the transaction ends: of two changes at once, the second is checked against the first. */
export async function lockPlace(tx: Tx, userId: UserId): Promise<Located> {
  const rows = await tx<{ lat: number | null; lon: number | null; at: Date | null; windowAt: Date | null; changes: number }[]>`
    select lat, lon, located_at as at, location_window_at as window_at, location_changes as changes
    from profiles where user_id = ${userId} for update`;
  const row = rows[0];
  if (!row) return { place: null, at: null, windowAt: null, changes: 0 };
  const { lat, lon, ...rest } = row;
  return { place: lat === null || lon === null ? null : { lat, lon }, ...rest };
}

/** Confirms the known place of a user as of `at`. It counts as no change of place. */
export async function markLocated(sql: Queryable, userId: UserId, at: Date): Promise<void> {
  await sql`update profiles set located_at = ${at} where user_id = ${userId}`;
}

interface Counted {
  readonly userId: UserId;
  readonly window: { readonly start: Date; readonly changes: number };
}

/** Counts a change of place that leaves the place itself as it is: a travel. */
export async function countMove(sql: Queryable, { userId, window }: Counted): Promise<void> {
  await sql`update profiles set location_window_at = ${window.start}, location_changes = ${window.changes} where user_id = ${userId}`;
}

export interface Move extends Counted {
  readonly to: Coordinates;
  readonly at: Date;
}

/** Puts a user at another place of the grid, in degrees, and counts the change in the present window. */
export async function movePlace(sql: Queryable, { userId, to, window, at }: Move): Promise<void> {
  await sql`
    update profiles set lat = ${to.lat}, lon = ${to.lon}, located_at = ${at}, updated_at = ${at},
      location_window_at = ${window.start}, location_changes = ${window.changes}
    where user_id = ${userId}`;
}
