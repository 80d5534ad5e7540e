import { SessionId, type UserId } from "@pendo/contract/ids";
import * as z from "zod";
import * as cursors from "../cursor.ts";
import { Fault } from "../fault.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { newRefreshToken } from "./refreshTokens.ts";
import { markRevoked, type RevokeReason } from "./revoked.ts";
import { endSessions, insertSession, listSessions } from "./sessions.sql.ts";

const DAY_MS = 86_400_000;
/** How long a session that is not used goes on. */
const IDLE_MS = 30 * DAY_MS;
/** How long a session goes on at most. */
const LIFE_MS = 90 * DAY_MS;

export interface Session {
  readonly id: SessionId;
  readonly deviceName: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly current: boolean;
}

/** When a refresh token that is issued now ends: after 30 days, and no later than 90 days after its session started. */
export function refreshTokenEnd(startedAt: Date, at: Date): Date {
  return new Date(Math.min(at.getTime() + IDLE_MS, startedAt.getTime() + LIFE_MS));
}

/** Starts a session, in the transaction of the sign-in. The refresh token is shown once; only its hash is kept. */
export async function start(
  ports: Uses<"bus" | "secrets">,
  tx: Tx,
  { userId, deviceName }: { userId: UserId; deviceName: string | null },
): Promise<{ sessionId: SessionId; refreshToken: string }> {
  const at = ports.clock.now();
  const sessionId = ports.ids.next<SessionId>();
  const { token, hash } = newRefreshToken(ports, sessionId);
  await insertSession(tx, { sessionId, userId, deviceName, refreshHash: hash, expiresAt: refreshTokenEnd(at, at), at });
  await ports.bus.emit(tx, "session.started", { userId, sessionId }, { actor: userId });
  return { sessionId, refreshToken: token };
}

/** My sessions that go on, newest first. */
export async function list(
  { db, clock }: Uses<"db">,
  input: { userId: UserId; sessionId: SessionId; cursor?: string | undefined; limit: number },
): Promise<{ items: Session[]; next: string | null }> {
  const { userId, sessionId, cursor, limit } = input;
  const before = cursor === undefined ? null : cursors.decode(cursor, z.tuple([SessionId]))[0];
  const nowMs = clock.now().getTime();
  const rows = await listSessions(db, {
    userId,
    before,
    usedAfter: new Date(nowMs - IDLE_MS),
    startedAfter: new Date(nowMs - LIFE_MS),
    limit: limit + 1,
  });
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id,
    deviceName: row.deviceName,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
    current: row.id === sessionId,
  }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursors.encode([last.id]) : null };
}

/**
 * Ends a session of a user: its refresh token is dead, its access tokens are refused from now on, and `session.revoked` closes its sockets.
 * @throws {Fault} `session.notFound` where the user has no such session that goes on.
 */
export async function revoke(
  ports: Uses<"db" | "bus" | "cache">,
  ending: { userId: UserId; sessionId: SessionId; reason: RevokeReason },
): Promise<void> {
  const ended = await ports.db.begin((tx) => end(ports, tx, ending));
  if (!ended) throw new Fault("session.notFound");
  await markRevoked(ports.cache, [ending.sessionId], ending.reason);
}

/** Ends the session that asks. Asking twice is as good as once. */
export async function logout(ports: Uses<"db" | "bus" | "cache">, session: { userId: UserId; sessionId: SessionId }): Promise<void> {
  await ports.db.begin((tx) => end(ports, tx, { ...session, reason: "logout" }));
  await markRevoked(ports.cache, [session.sessionId], "logout");
}

/** Ends every session of a user; answers how many there were. */
export async function revokeAll(
  ports: Uses<"db" | "bus" | "cache">,
  { userId, reason }: { userId: UserId; reason: RevokeReason },
): Promise<number> {
  const ended = await ports.db.begin((tx) => endAll(ports, tx, { userId, reason }));
  await markRevoked(ports.cache, ended, reason);
  return ended.length;
}

/** Ends a session in a transaction of the caller's, who calls `markRevoked` once that has committed. False where there was nothing to end. */
export async function end(
  ports: Uses<"bus">,
  tx: Tx,
  { userId, sessionId, reason }: { userId: UserId; sessionId: SessionId; reason: RevokeReason },
): Promise<boolean> {
  return (await endThese(ports, tx, { userId, sessionId, reason })).length > 0;
}

/** Does what `end` does, for every session of a user. */
export function endAll(ports: Uses<"bus">, tx: Tx, { userId, reason }: { userId: UserId; reason: RevokeReason }): Promise<SessionId[]> {
  return endThese(ports, tx, { userId, sessionId: null, reason });
}

async function endThese(
  { bus, clock }: Uses<"bus">,
  tx: Tx,
  ending: { userId: UserId; sessionId: SessionId | null; reason: RevokeReason },
): Promise<SessionId[]> {
  const ended = await endSessions(tx, { ...ending, at: clock.now() });
  for (const sessionId of ended) await bus.emit(tx, "session.revoked", { userId: ending.userId, sessionId });
  return ended;
}
