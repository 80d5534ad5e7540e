import type { Uses } from "../ports/ports.ts";
import type { EpochId } from "./cursor.ts";
import * as sql from "./epochs.sql.ts";

/** So many of the newest epochs are kept. A client with an older cursor syncs from the beginning. */
export const EPOCHS_MAX = 10_000;

/**
 * Begins an epoch of the database: to be called before the first request of a database that may be a restored copy. Cursors of a future that the
 * copy does not have are refused from then on; those that were issued before the copy was made stay valid.
 */
export async function begin({ db, ids, clock }: Uses<"db">): Promise<EpochId> {
  const id = ids.next<EpochId>();
  await sql.begin(db, { id, at: clock.now(), keep: EPOCHS_MAX });
  return id;
}
