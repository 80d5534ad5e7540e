import type { SessionId, UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { sessionGoesOn } from "../rules/sessionGoesOn.ts";
import type { RevokeReason } from "../rules/revoked.ts";

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

/** Opens a session with its first refresh token, of which only the hash is kept. `expiresAt` is the end of the token. */
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

/**
 * The session and the user of a refresh token, by its hash. Also for a token that was rotated, or whose session was
 * revoked: the caller decides.
 */
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

/** Ends sessions of a user that have not ended, all of them or one, and the bindings of push tokens made in them. @returns which sessions */
export async function endSessions(
  tx: Tx,
  { userId, sessionId, reason, at }: { userId: UserId; sessionId: SessionId | null; reason: RevokeReason; at: Date },
): Promise<SessionId[]> {
  const rows = await tx<{ id: SessionId }[]>`
    with ended as (
      update sessions set revoked_at = ${at}, revoke_reason = ${reason}
      where user_id = ${userId} and revoked_at is null and id = coalesce(${sessionId}::uuid, id)
      returning id
    ), unbound as (
      delete from devices where session_id in (select id from ended)
    )
    select id from ended`;
  return rows.map(({ id }) => id);
}

/**
 * Sessions whose access tokens of that time or later must be refused, in the order of their ids: those that ended since, and those of users who may
 * not use Pendo.
 */
export async function refusedSessions(
  sql: Queryable,
  { since, after, limit }: { readonly since: Date; readonly after: SessionId | null; readonly limit: number },
): Promise<{ id: SessionId; reason: RevokeReason }[]> {
  return await sql<{ id: SessionId; reason: RevokeReason }[]>`
    with refused as (
      select id, revoke_reason as reason from sessions where revoked_at > ${since}
      union all
      -- Each use of a session issues an access token, and no session is used after its user lost the right to.
      select s.id, u.status from sessions s join users u on u.id = s.user_id
      where s.last_used_at > ${since} and s.revoked_at is null and u.status in ('suspended', 'deleted')
    )
    select id, case when reason in ('logout', 'reuse', 'suspended') then reason else 'revoked' end as reason from refused
    where ${after}::uuid is null or id > ${after}::uuid
    order by id limit ${limit}`;
}

/** Sessions that go on, newest first. Ids are ordered by the time they were made. */
export async function listSessions(
  sql: Queryable,
  { userId, before, at, limit }: { userId: UserId; before: string | null; at: Date; limit: number },
): Promise<SessionRow[]> {
  return sql<SessionRow[]>`
    select id, device_name, created_at, last_used_at from sessions s
    where user_id = ${userId} and ${sessionGoesOn(sql, at)}
      and (${before}::uuid is null or id < ${before}::uuid)
    order by id desc limit ${limit}`;
}
