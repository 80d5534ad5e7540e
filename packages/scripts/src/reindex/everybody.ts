import type { UserId } from "@pendo/contract/ids";
import { reindex } from "@pendo/core/discovery/indexing";
import type { Db } from "@pendo/core/ports/db/db";
import type { Search } from "@pendo/core/ports/search/search";
import { countUsers, userIdsAfter } from "./everybody.sql.ts";

export interface EverybodyOptions {
  readonly db: Db;
  readonly search: Search;
  /** How many people are written at once. */
  readonly batch?: number;
  readonly onDone?: (done: number, total: number) => void;
  /** Asked between batches. */
  readonly stopping?: () => boolean;
}

/**
 * Makes the search index say what the database says, of everybody in it, in the order of their ids. It may run beside a Pendo that is in use, and
 * again at any time. Answers how many people it looked at, and whether those were all.
 */
export async function reindexEverybody(options: EverybodyOptions): Promise<{ readonly people: number; readonly stopped: boolean }> {
  const { db, search, batch = 500, onDone = () => {}, stopping = () => false } = options;
  const total = await countUsers(db);
  let people = 0;
  let after: UserId | null = null;
  while (!stopping()) {
    const page: UserId[] = await userIdsAfter(db, after, batch);
    await reindex({ db, search }, page);
    people += page.length;
    // Whoever signed up meanwhile counts as well.
    onDone(people, Math.max(total, people));
    after = page.at(-1) ?? null;
    if (page.length < batch) {
      await search.refresh();
      return { people, stopped: false };
    }
  }
  return { people, stopped: true };
}
