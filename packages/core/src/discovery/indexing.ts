import type { UserId } from "@pendo/contract/ids";
import type { Uses } from "../ports/ports.ts";
import { documentsOf } from "./indexing.sql.ts";

/**
 * Makes the search index say what the database says about these people: the discoverable are indexed, all others removed. It does not matter how
 * often or in which order it is asked.
 */
export async function reindex({ db, search }: Pick<Uses<"db" | "search">, "db" | "search">, userIds: readonly UserId[]): Promise<void> {
  const asked = [...new Set(userIds)];
  if (asked.length === 0) return;
  const documents = await documentsOf(db, asked);
  const shown = new Set(documents.map((document) => document.userId));
  const hidden = asked.filter((userId) => !shown.has(userId));
  if (hidden.length > 0) await search.remove(hidden);
  if (documents.length > 0) await search.index(documents);
}
