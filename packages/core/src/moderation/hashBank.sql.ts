import type { HashBankOrigin } from "@pendo/contract/hashBank";
import type { DecisionId, MediaId, UserId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";

/** How many of the 64 bits may differ between two copies of one picture. */
const HASH_DISTANCE_MAX = 5;

/** Why a picture that looks like this was refused before, or null. Entries that were removed, or have no origin, refuse nothing. */
export async function bankedReason(sql: Queryable, phash: string): Promise<string | null> {
  const rows = await sql<{ reason: string }[]>`
    select reason from hash_bank_entries
    where origin is not null and removed_at is null
      and bit_count(('x' || phash)::bit(64) # ('x' || ${phash}::text)::bit(64)) <= ${HASH_DISTANCE_MAX} limit 1`;
  return rows[0]?.reason ?? null;
}

export interface NewEntry {
  readonly mediaId: MediaId;
  readonly reason: string;
  readonly origin: HashBankOrigin;
  readonly decisionId: DecisionId;
  readonly at: Date;
}

/** Enters what a refused picture looks like. Only a reviewer brings back an entry that was removed. A picture too flat to have a hash enters nothing. */
export async function insertEntry(sql: Queryable, { mediaId, reason, origin, decisionId, at }: NewEntry): Promise<void> {
  await sql`
    insert into hash_bank_entries as e (phash, reason, origin, media_id, decision_id, created_at)
    select phash, ${reason}, ${origin}, id, ${decisionId}, ${at} from media where id = ${mediaId} and phash is not null
    on conflict (phash) do update set
      reason = excluded.reason, origin = excluded.origin, media_id = excluded.media_id, decision_id = excluded.decision_id,
      created_at = excluded.created_at, removed_at = null, removed_by = null
    where e.origin is null or (e.removed_at is not null and excluded.origin = 'reviewer')`;
}

export interface EntryRow {
  readonly phash: string;
  readonly reason: string;
  readonly origin: HashBankOrigin | null;
  readonly mediaId: MediaId | null;
  readonly decisionId: DecisionId | null;
  readonly createdAt: Date;
  readonly removedAt: Date | null;
  readonly removerId: UserId | null;
}

/** Entries by keyset, newest first. */
export async function entries(
  sql: Queryable,
  { before, limit }: { readonly before: readonly [Date, string] | null; readonly limit: number },
): Promise<EntryRow[]> {
  return await sql<EntryRow[]>`
    select phash, reason, origin, media_id, decision_id, created_at, removed_at, removed_by as remover_id from hash_bank_entries
    where ${before ? sql`(created_at, phash) < (${before[0]}, ${before[1]})` : sql`true`}
    order by created_at desc, phash desc limit ${limit}`;
}

/** Marks an entry as removed; the first removal stays recorded. @returns whether there is such an entry. */
export async function markRemoved(
  sql: Queryable,
  { phash, removedBy, at }: { readonly phash: string; readonly removedBy: UserId; readonly at: Date },
): Promise<boolean> {
  const rows = await sql`
    update hash_bank_entries set removed_at = coalesce(removed_at, ${at}), removed_by = coalesce(removed_by, ${removedBy}) where phash = ${phash}`;
  return rows.count > 0;
}
