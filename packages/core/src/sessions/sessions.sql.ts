import type { SessionId, UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import type { Queryable, Tx } from "../ports/db/db.ts";
import type { RevokeReason } from "./revoked.ts";

export interface RefreshTokenRow {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly startedAt: Date;
  readonly revokedAt: Date | null;
  readonly rotatedAt: Date | null;
  readonly status: "active" | "suspended" | "deactivated" | "deleted";
  readonly roles: readonly StaffRole[];
}

export interface SessionRow {
  readonly id: SessionId;
  readonly deviceName: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

export async function insertSession(
  tx: Tx,
  session: { sessionId: SessionId; userId: UserId; deviceName: string | null; refreshHash: Buffer; expiresAt: Date; at: Date },
): Promise<void> {
  const { sessionId, userId, deviceName, refreshHash, expiresAt, at } = session;
  await tx`
    with session as (
      insert into sessions (id, user_id, device_name, created_at, last_used_at) values (${sessionId}, ${userId}, ${deviceName}, ${at}, ${at})
      returning id
    )
    insert into refresh_tokens (hash, session_id, issued_at, expires_at) select ${refreshHash}, id, ${at}, ${expiresAt} from session`;
}

export async function findRefreshToken(sql: Queryable, hash: Buffer): Promise<RefreshTokenRow | null> {
  const rows = await sql<RefreshTokenRow[]>`
    select s.id as session_id, s.user_id, s.created_at as started_at, s.revoked_at, t.rotated_at, u.status,
      array(select role from staff_roles where user_id = u.id order by role) as roles
    from refresh_tokens t join sessions s on s.id = t.session_id join users u on u.id = s.user_id
    where t.hash = ${hash}`;
  return rows[0] ?? null;
}

/** A session of a user, with what its user may do now. */
export async function findSession(
  sql: Queryable,
  { userId, sessionId }: { readonly userId: UserId; readonly sessionId: SessionId },
): Promise<Pick<RefreshTokenRow, "revokedAt" | "status" | "roles"> | undefined> {
  const [row] = await sql<Pick<RefreshTokenRow, "revokedAt" | "status" | "roles">[]>`
    select s.revoked_at, u.status, array(select role from staff_roles where user_id = u.id order by role) as roles
    from sessions s join users u on u.id = s.user_id
    where s.id = ${sessionId} and s.user_id = ${userId}`;
  return row;
}

/**
 * Replaces a refresh token; false where it was replaced, is over, or its session was ended. The session's row is locked first, so that of a refresh
 * and a revocation at the same time the second sees the first.
 */
export async function rotate(
  sql: Queryable,
  { hash, nextHash, sessionId, expiresAt, at }: { hash: Buffer; nextHash: Buffer; sessionId: SessionId; expiresAt: Date; at: Date },
): Promise<boolean> {
  const rows = await sql`
    with session as (
      select id, user_id from sessions where id = ${sessionId} and revoked_at is null for no key update
    ), rotated as (
      update refresh_tokens t set rotated_at = ${at} from session
      where t.hash = ${hash} and t.session_id = session.id and t.rotated_at is null and t.expires_at > ${at}
      returning session.id, session.user_id
    ), used as (
      update sessions set last_used_at = ${at} where id = (select id from rotated)
    ), active as (
      update users set last_active_at = greatest(last_active_at, ${at}) where id = (select user_id from rotated)
    )
    insert into refresh_tokens (hash, session_id, issued_at, expires_at)
    select ${nextHash}, id, ${at}, ${expiresAt} from rotated
    returning 1`;
  return rows.count > 0;
}

/** Whether a refresh token is the newest of a session that goes on. */
export async function isCurrent(
  sql: Queryable,
  { hash, sessionId, at }: { hash: Buffer; sessionId: SessionId; at: Date },
): Promise<boolean> {
  const rows = await sql`
    select from refresh_tokens t join sessions s on s.id = t.session_id
    where t.hash = ${hash} and s.id = ${sessionId} and s.revoked_at is null and t.rotated_at is null and t.expires_at > ${at}`;
  return rows.count > 0;
}

/** Ends sessions of a user that have not ended: all of them, or one. Answers which. */
export async function endSessions(
  tx: Tx,
  { userId, sessionId, reason, at }: { userId: UserId; sessionId: SessionId | null; reason: RevokeReason; at: Date },
): Promise<SessionId[]> {
  const rows = await tx<{ id: SessionId }[]>`
    update sessions set revoked_at = ${at}, revoke_reason = ${reason}
    where user_id = ${userId} and revoked_at is null and id = coalesce(${sessionId}::uuid, id)
    returning id`;
  return rows.map(({ id }) => id);
}

/** Sessions that go on, newest first. Ids are ordered by the time they were made. */
export async function listSessions(
  sql: Queryable,
  {
    userId,
    before,
    usedAfter,
    startedAfter,
    limit,
  }: { userId: UserId; before: string | null; usedAfter: Date; startedAfter: Date; limit: number },
): Promise<SessionRow[]> {
  return sql<SessionRow[]>`
    select id, device_name, created_at, last_used_at from sessions
    where user_id = ${userId} and revoked_at is null and last_used_at > ${usedAfter} and created_at > ${startedAfter}
      and (${before}::uuid is null or id < ${before}::uuid)
    order by id desc limit ${limit}`;
}
