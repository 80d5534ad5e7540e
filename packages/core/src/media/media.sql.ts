import type { MediaId, UserId } from "@pendo/contract/ids";
import type { MediaKind, MediaState, MyMedia } from "@pendo/contract/media";
import type { Queryable, Tx } from "../ports/db/db.ts";
import type { PictureFiles } from "../rules/pictureKeys.ts";

export interface MediaRow extends PictureFiles {
  readonly userId: UserId;
  readonly kind: MyMedia["kind"];
  readonly state: MediaState;
  readonly position: number | null;
  readonly contentType: string;
  readonly uploadKey: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly blur: string | null;
  readonly reason: string | null;
}

const columns = (sql: Queryable) => sql`id, version, user_id, kind, state, position, content_type, upload_key, width, height, blur, reason`;

/** The photos that have a place in a profile, whatever their state. */
export function photosOfOwner(sql: Queryable, userId: UserId): Promise<MediaRow[]> {
  return sql<MediaRow[]>`
    select ${columns(sql)} from media
    where user_id = ${userId} and kind = 'photo' and position is not null order by position`;
}

/** The picture, in whatever state and of any owner. It takes no lock; `lockMedia` does. */
export async function mediaById(sql: Queryable, id: MediaId): Promise<MediaRow | null> {
  const rows = await sql<MediaRow[]>`
    select ${columns(sql)} from media where id = ${id}`;
  return rows[0] ?? null;
}

/** The picture, locked until the transaction ends. */
export async function lockMedia(tx: Tx, id: MediaId): Promise<MediaRow | null> {
  const rows = await tx<MediaRow[]>`
    select ${columns(tx)} from media where id = ${id} for update`;
  return rows[0] ?? null;
}

/** Makes everybody who adds or orders this user's photos wait for the end of the transaction. */
export async function lockOwner(tx: Tx, userId: UserId): Promise<void> {
  await tx`select 1 from users where id = ${userId} for no key update`;
}

/** Gives back the places of uploads whose forms expired unused. @returns the keys at which files may lie all the same. */
export async function freeAbandoned(sql: Queryable, userId: UserId, at: Date): Promise<string[]> {
  const rows = await sql<{ uploadKey: string }[]>`
    delete from media where user_id = ${userId} and state = 'requested' and coalesce(form_expires_at, created_at) < ${at} returning upload_key`;
  return rows.map((row) => row.uploadKey);
}

/** The places of the user's photos, counted from 0, in ascending order. Photos that wait for their upload hold a place too. */
export async function photoPositions(sql: Queryable, userId: UserId): Promise<number[]> {
  const rows = await sql<
    { position: number }[]
  >`select position from media where user_id = ${userId} and position is not null order by position`;
  return rows.map((row) => row.position);
}

export interface NewMedia {
  readonly id: MediaId;
  readonly userId: UserId;
  readonly kind: MediaKind;
  readonly position: number | null;
  readonly contentType: string;
  readonly uploadKey: string;
  readonly at: Date;
  readonly formExpiresAt: Date;
}

/** Keeps a picture that was asked for, in the state `requested`: its file is not there yet. */
export async function insertMedia(sql: Queryable, media: NewMedia): Promise<void> {
  await sql`
    insert into media (id, user_id, kind, state, position, content_type, upload_key, created_at, form_expires_at)
    values (
      ${media.id}, ${media.userId}, ${media.kind}, 'requested', ${media.position}, ${media.contentType}, ${media.uploadKey}, ${media.at},
      ${media.formExpiresAt}
    )`;
}

/** Sets the time until which the newest upload form of a picture works. */
export async function setFormExpiry(tx: Tx, id: MediaId, formExpiresAt: Date): Promise<void> {
  await tx`update media set form_expires_at = ${formExpiresAt} where id = ${id}`;
}

/**
 * Names the files that an attempt is about to write. The last attempt to do so is the one that may publish.
 * @returns the files of the attempt before it, or null where there was none or the picture waits no more.
 */
export async function claimVersion(sql: Queryable, { id, version }: PictureFiles): Promise<PictureFiles | null> {
  const [row] = await sql<{ before: string | null }[]>`
    update media set version = ${version} from (select id, version as before from media where id = ${id} for update) was
    where media.id = was.id and media.state = 'uploaded' returning was.before`;
  return row && row.before !== null ? { id, version: row.before } : null;
}

/** @returns whether it was still waiting for its upload. */
export async function markUploaded(sql: Queryable, id: MediaId, at: Date): Promise<boolean> {
  const rows = await sql`update media set state = 'uploaded', completed_at = ${at} where id = ${id} and state = 'requested'`;
  return rows.count > 0;
}

/** Photos are counted from 0 again, in the order given. */
export async function writePositions(sql: Queryable, userId: UserId, mediaIds: readonly MediaId[]): Promise<void> {
  await sql`
    update media set position = n - 1
    from unnest(${mediaIds as MediaId[]}::uuid[]) with ordinality as wanted (id, n)
    where media.id = wanted.id and media.user_id = ${userId}`;
}

/** Deletes the row of a picture, in whatever state. Its files are the caller's to delete. */
export async function deleteMedia(sql: Queryable, id: MediaId): Promise<void> {
  await sql`delete from media where id = ${id}`;
}

/** Whether a message shows it. */
export async function isSent(sql: Queryable, id: MediaId): Promise<boolean> {
  return (await sql`select 1 from messages where media_id = ${id} limit 1`).count > 0;
}

/** Whether somebody reported it and its files must be kept a while longer. */
export async function isEvidence(sql: Queryable, id: MediaId, at: Date): Promise<boolean> {
  const rows = await sql`
    select 1 from evidence where retain_until > ${at} and content @> ${sql.json({ media: [{ id }] })} limit 1`;
  return rows.count > 0;
}

export interface Processed {
  readonly id: MediaId;
  readonly width: number;
  readonly height: number;
  readonly blur: string;
  readonly phash: string | null;
}

/** Keeps what was read from the picture: its size in pixels, its blur, its perceptual hash. From now on it waits for a verdict. */
export async function markProcessed(sql: Queryable, { id, width, height, blur, phash }: Processed): Promise<void> {
  await sql`
    update media set state = 'processed', width = ${width}, height = ${height}, blur = ${blur}, phash = ${phash} where id = ${id}`;
}

/** Takes a picture out of the profile for good: it was no picture, or one that nobody may see. */
export async function markRefused(
  sql: Queryable,
  { id, state, reason }: { readonly id: MediaId; readonly state: "failed" | "rejected"; readonly reason: string },
): Promise<void> {
  await sql`update media set state = ${state}, reason = ${reason}, position = null where id = ${id}`;
}

/** Shows the picture to other users. The verdict's other effects are the caller's. */
export async function markVisible(sql: Queryable, id: MediaId): Promise<void> {
  await sql`update media set state = 'visible' where id = ${id}`;
}
