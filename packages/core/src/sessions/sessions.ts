import { SessionId, type UserId } from "@pendo/contract/ids";
import * as z from "zod";
import { Fault } from "../fault.ts";
import { type Page, type PageWanted, readPage, rowsAlone } from "../list.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { SESSION_IDLE_MS, SESSION_LIFE_MS } from "../rules/sessionGoesOn.ts";
import { newRefreshToken } from "./refreshTokens.ts";
import { MARK_SEC, markRevoked, type RevokeReason } from "../rules/revoked.ts";
import { endSessions, insertSession, listSessions, refusedSessions } from "./sessions.sql.ts";

/** How many marks are restored in one step. */
const RESTORE_MAX = 1000;

export interface Session {
  readonly id: SessionId;
  readonly deviceName: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly current: boolean;
}

/** When a refresh token that is issued now ends: after 30 days, and no later than 90 days after its session started. */
export function refreshTokenEnd(startedAt: Date, at: Date): Date {
  return new Date(Math.min(at.getTime() + SESSION_IDLE_MS, startedAt.getTime() + SESSION_LIFE_MS));
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
  { userId, sessionId, ...page }: PageWanted & { readonly userId: UserId; readonly sessionId: SessionId },
): Promise<Page<Session>> {
  const at = clock.now();
  return await readPage(page, z.tuple([SessionId]), {
    skeleton: (key, limit) => listSessions(db, { userId, before: key?.[0] ?? null, at, limit }),
    keyOf: ({ id }) => [id],
    ...rowsAlone,
    present: ({ id, deviceName, createdAt, lastUsedAt }): Session => ({
      id,
      deviceName,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      current: id === sessionId,
    }),
  });
}

/**
 * Ends a session of a user: its refresh token is dead, its access tokens are refused from now on, its devices get no more pushes, and
 * `session.revoked` closes its sockets.
 * @throws {Fault} `session.notFound`: the user has no such session that goes on
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
  const { userId } = ending;
  await bus.emitAll(
    tx,
    ended.map((sessionId) => ({ name: "session.revoked", data: { userId, sessionId } })),
  );
  return ended;
}

/**
 * Marks the sessions whose access tokens may still be good and must be refused, as the database has them; returns how many. To be called before the
 * first request of a process whose cache may have lost its marks.
 */
export async function restoreRevocations({ db, cache, clock }: Uses<"db" | "cache">): Promise<number> {
  const since = new Date(clock.now().getTime() - MARK_SEC * 1000);
  let count = 0;
  let after: SessionId | null = null;
  for (;;) {
    const step = await refusedSessions(db, { since, after, limit: RESTORE_MAX });
    await Promise.all(step.map(({ id, reason }) => markRevoked(cache, [id], reason)));
    count += step.length;
    after = step.at(-1)?.id ?? null;
    if (step.length < RESTORE_MAX) return count;
  }
}
