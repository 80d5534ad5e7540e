import type { MediaId } from "@pendo/contract/ids";
import type { Queryable } from "../ports/db/db.ts";

/** At most so many rows a step: no statement holds locks for long. */
const STEP_MAX = 5000;

export interface Upload {
  readonly id: MediaId;
  readonly uploadKey: string;
}

export async function challenges(db: Queryable, before: Date): Promise<number> {
  return (await db`delete from otp_challenges where id in (select id from otp_challenges where expires_at < ${before} limit ${STEP_MAX})`).count;
}

export async function idempotencyKeys(db: Queryable, before: Date): Promise<number> {
  return (await db`
    delete from idempotency_keys where (user_id, key) in
      (select user_id, key from idempotency_keys where created_at < ${before} limit ${STEP_MAX})`).count;
}

export async function inboxMarks(db: Queryable, before: Date): Promise<number> {
  return (await db`
    delete from inbox where (consumer, event_id) in (select consumer, event_id from inbox where done_at < ${before} limit ${STEP_MAX})`).count;
}

export async function refreshTokens(db: Queryable, before: Date): Promise<number> {
  return (await db`delete from refresh_tokens where hash in (select hash from refresh_tokens where expires_at < ${before} limit ${STEP_MAX})`).count;
}

export async function quotaCounters(db: Queryable, before: Date): Promise<number> {
  return (await db`
    delete from quota_counters where (user_id, kind, window_start) in
      (select user_id, kind, window_start from quota_counters where window_start < ${before} limit ${STEP_MAX})`).count;
}

/** Uploads that were asked for and never completed. */
export async function abandonedUploads(db: Queryable, before: Date): Promise<Upload[]> {
  return await db<Upload[]>`select id, upload_key from media where state = 'requested' and created_at < ${before} limit 500`;
}

export async function forgetUploads(db: Queryable, uploads: readonly Upload[]): Promise<number> {
  return (await db`delete from media where state = 'requested' and id = any(${uploads.map((upload) => upload.id)}::uuid[])`).count;
}
