import type { DeviceId, SessionId, UserId } from "@pendo/contract/ids";
import type { PushPlatform } from "@pendo/contract/pushToken";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { sessionGoesOn } from "../rules/sessionGoesOn.ts";

export interface Binding {
  readonly userId: UserId;
  /** The session in which it is made, and with which it ends. */
  readonly sessionId: SessionId;
  readonly deviceId: DeviceId;
  readonly platform: PushPlatform;
  readonly token: string;
}

export interface DeviceRow {
  readonly userId: UserId;
  readonly platform: PushPlatform;
  readonly token: string;
}

/** Of two bindings of one user, the second waits here; facts that name the user don't. */
export async function lockUser(tx: Tx, userId: UserId): Promise<void> {
  await tx`select from users where id = ${userId} for no key update`;
}

/**
 * Holds what a binding may change, in the order of tokens: two people who take each other's token over at once wait in one direction. The user comes
 * first.
 */
export async function lockBindings(tx: Tx, { userId, token }: Binding): Promise<void> {
  await tx`select from devices where user_id = ${userId} or token = ${token} order by token for update`;
}

/** Leaves room for a token on this device, and for one more device. */
export async function makeRoom(tx: Tx, { userId, deviceId, token }: Binding, devicesMax: number): Promise<void> {
  await tx`
    delete from devices where user_id = ${userId} and token <> ${token} and (device_id = ${deviceId} or device_id in (
      select device_id from devices where user_id = ${userId} and device_id <> ${deviceId} order by updated_at desc offset ${devicesMax - 1}))`;
}

/** Binds a token, wherever it was bound before. */
export async function upsert(tx: Tx, { userId, sessionId, deviceId, platform, token }: Binding, at: Date): Promise<void> {
  await tx`
    insert into devices (user_id, session_id, device_id, platform, token, updated_at)
    values (${userId}, ${sessionId}, ${deviceId}, ${platform}, ${token}, ${at})
    on conflict (token) do update
    set user_id = excluded.user_id, session_id = excluded.session_id, device_id = excluded.device_id, platform = excluded.platform,
      updated_at = excluded.updated_at`;
}

/** Removes a user's push token of one device. Another user's token of the same device stays. */
export async function remove(sql: Queryable, { userId, deviceId }: Pick<Binding, "userId" | "deviceId">): Promise<void> {
  await sql`delete from devices where user_id = ${userId} and device_id = ${deviceId}`;
}

/** Where to push to, at a time. A binding of the code before names no session, and goes on until it is made again. */
export async function ofUsers(sql: Queryable, userIds: readonly UserId[], at: Date): Promise<DeviceRow[]> {
  return await sql<DeviceRow[]>`
    select d.user_id, platform, token from devices d
    where d.user_id = any(${userIds as UserId[]}::uuid[])
      and (d.session_id is null or exists (select from sessions s where s.id = d.session_id and ${sessionGoesOn(sql, at)}))
    order by d.user_id, device_id`;
}

/** Removes push tokens of which a push service said that they are no longer valid. */
export async function forget(sql: Queryable, tokens: readonly string[]): Promise<void> {
  await sql`delete from devices where token = any(${tokens as string[]}::text[])`;
}
