import type { UserId } from "@pendo/contract/ids";
import type { Tx } from "../ports/db/db.ts";

/** The answer that a client got, and gets for every repetition. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Key {
  readonly userId: UserId;
  readonly key: string;
}

export interface KeyRow {
  readonly requestHash: Buffer;
  /** Null in a row of the release before this one, which wrote it ahead of the answer. */
  readonly status: number | null;
  readonly response: Pick<StoredResponse, "headers" | "body"> | null;
  readonly createdAt: Date;
}

/** Takes the key's lock until the transaction ends. Answers false while another transaction holds it. */
export async function tryLock(tx: Tx, { userId, key }: Key): Promise<boolean> {
  const [row] = await tx<
    [{ locked: boolean }]
  >`select pg_try_advisory_xact_lock(hashtextextended(${`idempotency ${userId} ${key}`}, 0)) as locked`;
  return row.locked;
}

/** What is stored under the key. A statement of its own, after the lock: a snapshot from before the lock could miss the row. */
export async function find(tx: Tx, { userId, key }: Key): Promise<KeyRow | undefined> {
  const rows = await tx<KeyRow[]>`
    select request_hash, status, response, created_at from idempotency_keys where user_id = ${userId} and key = ${key}`;
  return rows[0];
}

/** Keeps the response of a request under its key, or replaces one that was never completed. */
export async function store(
  tx: Tx,
  { userId, key, requestHash, answer, at }: Key & { requestHash: Buffer; answer: StoredResponse; at: Date },
): Promise<void> {
  const { status, headers, body } = answer;
  await tx`
    insert into idempotency_keys (user_id, key, request_hash, status, response, created_at)
    values (${userId}, ${key}, ${requestHash}, ${status}, ${tx.json({ headers: { ...headers }, body })}, ${at})
    on conflict (user_id, key) do update set status = excluded.status, response = excluded.response, created_at = excluded.created_at`;
}
