import type { Change } from "@pendo/contract/change";
import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { cursorAt, headCursorOf, placeOf } from "./cursor.ts";
import { hydrate } from "./hydrate.ts";
import * as sql from "./sync.sql.ts";

export interface Synced {
  readonly changes: Change[];
  readonly cursor: string;
  readonly hasMore: boolean;
  readonly counts: { readonly unread: number; readonly likes: number };
}

/**
 * HOT: what changed for a user since a cursor, oldest first, each object once and as it is now; from the beginning without a cursor. A client that
 * repeats it until `hasMore` is false holds what the database holds, whatever it missed. Where nothing changed, it costs one statement.
 * @throws {Fault} `sync.cursorInvalid`: the cursor is another user's, or of a future that a restored backup does not have: begin again
 *   without one
 */
export async function sync(
  ports: Uses<"db" | "storage" | "secrets">,
  { userId, cursor, limit }: { userId: UserId; cursor?: string | undefined; limit: number },
): Promise<Synced> {
  const after = cursor === undefined ? null : placeOf(ports.secrets, userId, cursor);
  const { valid, headRev, likes, unread, entries, ...page } = await sql.page(ports.db, { userId, after, limit: limit + 1 });
  if (!valid) throw new Fault("sync.cursorInvalid");
  const counts = { unread, likes };
  if (cursor !== undefined && entries.length === 0) return { changes: [], cursor, hasMore: false, counts };
  const shown = entries.slice(0, limit);
  const changes = shown.length === 0 ? [] : await hydrate(ports, userId, shown);
  // Objects are as they are after the page was read, so the cursor names the head after them.
  const standing = shown.length === 0 ? undefined : (await sql.standings(ports.db, [userId])).get(userId);
  const issued = { headRev, ...page, ...standing };
  return {
    changes,
    cursor: cursorAt(ports.secrets, userId, { ...issued, rev: shown.at(-1)?.rev ?? 0 }),
    hasMore: entries.length > limit,
    counts,
  };
}

/** The cursor at the newest revision of the user's log: what frames carry, for a client to see that there is something to sync. */
export async function headCursor({ db, secrets }: Uses<"db" | "secrets">, userId: UserId): Promise<string> {
  const standing = (await sql.standings(db, [userId])).get(userId);
  return headCursorOf(secrets, userId, standing);
}
