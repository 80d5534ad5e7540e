import type { MediaId, ReportId } from "@pendo/contract/ids";
import { quotas } from "@pendo/contract/quotas";
import type { Queryable } from "../ports/db/db.ts";
import { utcDay } from "../rules/day.ts";

/** At most so many rows a step: no statement holds locks for long. */
const STEP_MAX = 5000;
/** At most so many rows a step where files go with them. */
const FILES_MAX = 500;

export interface Upload {
  readonly id: MediaId;
  readonly uploadKey: string;
}

/** Deletes sign-in challenges that expired before then, at most 5,000. Returns how many. */
export async function challenges(db: Queryable, before: Date): Promise<number> {
  return (await db`delete from otp_challenges where id in (select id from otp_challenges where expires_at < ${before} limit ${STEP_MAX})`)
    .count;
}

/** Deletes idempotency keys, with their responses, that were made before then, at most 5,000. Returns how many. */
export async function idempotencyKeys(db: Queryable, before: Date): Promise<number> {
  return (
    await db`
    delete from idempotency_keys where (user_id, key) in
      (select user_id, key from idempotency_keys where created_at < ${before} limit ${STEP_MAX})`
  ).count;
}

/**
 * Deletes marks of events that were processed before then, at most 5,000. A queue must not deliver such an event any
 * more. Returns how many.
 */
export async function inboxMarks(db: Queryable, before: Date): Promise<number> {
  return (
    await db`
    delete from inbox where (consumer, event_id) in (select consumer, event_id from inbox where done_at < ${before} limit ${STEP_MAX})`
  ).count;
}

/** Deletes refresh tokens that expired before then, at most 5,000. Their sessions stay. Returns how many. */
export async function refreshTokens(db: Queryable, before: Date): Promise<number> {
  return (
    await db`delete from refresh_tokens where hash in (select hash from refresh_tokens where expires_at < ${before} limit ${STEP_MAX})`
  ).count;
}

/** Counters of windows that ended before then. */
export async function quotaCounters(db: Queryable, before: Date): Promise<number> {
  const kinds = Object.entries(quotas).map(([kind, { windowSec }]) => ({
    kind,
    startedBefore: new Date(before.getTime() - windowSec * 1000),
  }));
  return (
    await db`
    delete from quota_counters where (user_id, kind, window_start) in (
      select user_id, q.kind, window_start from quota_counters q
      join unnest(${kinds.map((one) => one.kind)}::text[], ${kinds.map((one) => one.startedBefore.toISOString())}::text[]::timestamptz[])
        as k (kind, started_before) on q.kind = k.kind and q.window_start < k.started_before
      limit ${STEP_MAX}
    )`
  ).count;
}

/** Marks of days that are over. */
export async function quotaRefunds(db: Queryable, before: Date): Promise<number> {
  return (
    await db`
    delete from quota_refunds where (user_id, target_id, refunded_on) in (
      select user_id, target_id, refunded_on from quota_refunds where refunded_on < ${utcDay(db, before)} limit ${STEP_MAX}
    )`
  ).count;
}

/** Uploads that were asked for and never completed, and whose form expired before then. */
export async function abandonedUploads(db: Queryable, before: Date): Promise<Upload[]> {
  return await db<Upload[]>`
    select id, upload_key from media
    where state = 'requested' and created_at < ${before} and coalesce(form_expires_at, created_at) < ${before} limit ${FILES_MAX}`;
}

/** Deletes the rows of uploads that are still not completed: one may have been since it was listed. Returns how many. */
export async function forgetUploads(db: Queryable, uploads: readonly Upload[]): Promise<number> {
  return (await db`delete from media where state = 'requested' and id = any(${uploads.map((upload) => upload.id)}::uuid[])`).count;
}

/** Pictures that were completed before then and have been read. Their forms have expired since, so what lies there now is the last. */
export async function unsweptUploads(db: Queryable, before: Date): Promise<Upload[]> {
  return await db<Upload[]>`
    select id, upload_key from media
    where completed_at < ${before} and upload_swept_at is null and state <> 'uploaded' limit ${FILES_MAX}`;
}

/** Records that nothing is left at the upload keys of these pictures, so that no run looks there again. Returns how many. */
export async function markSwept(db: Queryable, uploads: readonly Upload[], at: Date): Promise<number> {
  return (await db`update media set upload_swept_at = ${at} where id = any(${uploads.map((upload) => upload.id)}::uuid[])`).count;
}

/** Marks pictures made for messages before then that a message shows, so that each is looked at once. Deleting a message takes the mark away. */
export async function sentPictures(db: Queryable, { before, at }: { readonly before: Date; readonly at: Date }): Promise<number> {
  return (
    await db`
    update media set sent_checked_at = ${at} where id in (
      select id from media
      where kind <> 'photo' and state <> 'requested' and sent_checked_at is null and created_at < ${before}
        and exists (select from messages where media_id = media.id)
      limit ${STEP_MAX}
    )`
  ).count;
}

/** Pictures made for messages before then that no message shows. */
export async function unsentPictures(db: Queryable, before: Date): Promise<MediaId[]> {
  const rows = await db<{ id: MediaId }[]>`
    select id from media
    where kind <> 'photo' and state <> 'requested' and sent_checked_at is null and created_at < ${before}
      and not exists (select from messages where media_id = media.id)
    order by created_at limit ${FILES_MAX}`;
  return rows.map((row) => row.id);
}

/** Notifications that were read long ago, and what logs say of them. */
export async function readNotifications(db: Queryable, before: Date): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    with gone as (
      delete from notifications where id in (select id from notifications where read_at < ${before} limit ${STEP_MAX}) returning id, user_id
    ), unlogged as (
      delete from user_log l using gone where l.user_id = gone.user_id and l.kind = 'notification' and l.ref = gone.id
    )
    select count(*)::int as count from gone`;
  return row?.count ?? 0;
}

/** Deletes boosts that ended before then, at most 5,000. Returns how many. */
export async function boosts(db: Queryable, before: Date): Promise<number> {
  return (await db`delete from boosts where id in (select id from boosts where ended_at < ${before} limit ${STEP_MAX})`).count;
}

/** Deletes picks whose day ended before then, at most 5,000; one that was made again meanwhile stays. Returns how many. */
export async function dailyPicks(db: Queryable, before: Date): Promise<number> {
  return (
    await db`
    delete from daily_picks where (user_id, place) in (select user_id, place from daily_picks where until < ${before} limit ${STEP_MAX})
      and until < ${before}`
  ).count;
}

/** Long after they may be paired again. */
export async function dailyPairs(db: Queryable, before: Date): Promise<number> {
  return (
    await db`
    delete from daily_pairs where (lo, hi) in (select lo, hi from daily_pairs where made_at < ${before} limit ${STEP_MAX}) and made_at < ${before}`
  ).count;
}

/** Deletes travels that ended before then, at most 5,000; a new travel of the user stays. Returns how many. */
export async function travels(db: Queryable, before: Date): Promise<number> {
  return (
    await db`delete from travels where user_id in (select user_id from travels where ended_at < ${before} limit ${STEP_MAX}) and ended_at < ${before}`
  ).count;
}

export interface OldEvidence {
  readonly reportId: ReportId;
  /** The pictures that it names. A version was not recorded of pictures that have none. */
  readonly media: readonly { readonly id: MediaId; readonly version?: string | null }[];
}

/** What was kept of reports and need not be kept any longer. */
export async function oldEvidence(db: Queryable, before: Date): Promise<OldEvidence[]> {
  return await db<OldEvidence[]>`
    select report_id, content->'media' as media from evidence where retain_until < ${before} limit 200`;
}

/** Which of these pictures nobody has any more, neither their owner nor evidence that is still kept. */
export async function orphaned(db: Queryable, mediaIds: readonly MediaId[], before: Date): Promise<MediaId[]> {
  const rows = await db<{ id: MediaId }[]>`
    select id from (select distinct unnest(${mediaIds as MediaId[]}::uuid[]) as id) named
    where not exists (select from media where media.id = named.id) and not exists (
      select from evidence
      where retain_until >= ${before} and content @> jsonb_build_object('media', jsonb_build_array(jsonb_build_object('id', named.id)))
    )`;
  return rows.map((row) => row.id);
}

/** Deletes the evidence of these reports where it need not be kept any longer. Returns how many. Its files are the caller's. */
export async function forgetEvidence(db: Queryable, reportIds: readonly ReportId[], before: Date): Promise<number> {
  return (await db`delete from evidence where retain_until < ${before} and report_id = any(${reportIds as ReportId[]}::uuid[])`).count;
}
