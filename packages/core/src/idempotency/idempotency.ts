import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface KeyRow {
  readonly requestHash: Buffer;
  readonly status: number | null;
  readonly response: { headers: Record<string, string>; body: string } | null;
}

/** A request that never settled was cut off by a crash; after this long its key may be tried again. */
const ABANDONED_AFTER_MS = 60_000;

/**
 * Claims a key for one request.
 * @returns null where the request is the first and is to be carried out; the first answer where it was carried out before.
 * @throws {Fault} `idempotency.keyReused` where the key came with another request, `idempotency.inProgress` while the first is running.
 */
export async function claim(
  { db, clock }: Uses<"db">,
  request: { userId: UserId; key: string; requestHash: Buffer },
): Promise<Answer | null> {
  const { userId, key, requestHash } = request;
  const at = clock.now();
  const abandoned = new Date(at.getTime() - ABANDONED_AFTER_MS);
  const claimed = await db`
    insert into idempotency_keys (user_id, key, request_hash, created_at) values (${userId}, ${key}, ${requestHash}, ${at})
    on conflict (user_id, key) do update set created_at = excluded.created_at
     where idempotency_keys.status is null and idempotency_keys.created_at < ${abandoned} and idempotency_keys.request_hash = excluded.request_hash
    returning 1`;
  if (claimed.count > 0) return null;
  const [row] = await db<KeyRow[]>`select request_hash, status, response from idempotency_keys where user_id = ${userId} and key = ${key}`;
  if (row && !row.requestHash.equals(requestHash)) throw new Fault("idempotency.keyReused");
  if (!row?.response || row.status === null) throw new Fault("idempotency.inProgress", { retryAt: new Date(at.getTime() + 1000) });
  return { status: row.status, ...row.response };
}

/** Keeps the answer of a claimed request, to be replayed. */
export async function settle({ db }: Uses<"db">, request: { userId: UserId; key: string; answer: Answer }): Promise<void> {
  const { status, headers, body } = request.answer;
  await db`
    update idempotency_keys set status = ${status}, response = ${db.json({ headers: { ...headers }, body })}
     where user_id = ${request.userId} and key = ${request.key}`;
}

/** Gives a claimed key back: the request failed, and the same one may be tried again. */
export async function release({ db }: Uses<"db">, request: { userId: UserId; key: string }): Promise<void> {
  await db`delete from idempotency_keys where user_id = ${request.userId} and key = ${request.key} and status is null`;
}
