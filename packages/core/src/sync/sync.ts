import type { Change } from "@pendo/contract/change";
import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { cursorAt, revOf } from "./cursor.ts";
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
 * @throws {Fault} `sync.cursorInvalid` for a cursor of somebody else, or of a log that went back to an earlier state: begin again without one.
 */
export async function sync(
  ports: Uses<"db" | "storage" | "secrets">,
  { userId, cursor, limit }: { userId: UserId; cursor?: string | undefined; limit: number },
): Promise<Synced> {
  const afterRev = cursor === undefined ? 0 : revOf(ports.secrets, userId, cursor);
  const { headRev, likes, unread, entries } = await sql.page(ports.db, { userId, afterRev, limit: limit + 1 });
  if (afterRev > headRev) throw new Fault("sync.cursorInvalid");
  if (cursor !== undefined && entries.length === 0) return { changes: [], cursor, hasMore: false, counts: { unread, likes } };
  const shown = entries.slice(0, limit);
  return {
    changes: shown.length === 0 ? [] : await hydrate(ports, userId, shown),
    cursor: cursorAt(ports.secrets, userId, shown.at(-1)?.rev ?? afterRev),
    hasMore: entries.length > limit,
    counts: { unread, likes },
  };
}

/** The cursor at the newest revision of the user's log: what frames carry, for a client to see that there is something to sync. */
export async function headCursor({ db, secrets }: Uses<"db" | "secrets">, userId: UserId): Promise<string> {
  const standing = (await sql.headRevs(db, [userId])).get(userId);
  return cursorAt(secrets, userId, standing?.headRev ?? 0);
}
