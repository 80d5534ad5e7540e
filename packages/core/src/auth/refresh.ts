import { limits } from "@pendo/contract/limits";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { hashOf, newRefreshToken, successorOf } from "../sessions/refreshTokens.ts";
import { markRevoked } from "../rules/revoked.ts";
import { findRefreshToken, isCurrent, rotate, type RefreshTokenRow } from "../sessions/sessions.sql.ts";
import { end, refreshTokenEnd } from "../sessions/sessions.ts";
import { issue } from "./accessTokens.ts";
import type { Tokens } from "./auth.ts";

export interface Refresh {
  readonly refreshToken: string;
  /** Chosen by the client for one refresh, and sent again with a retry of it. */
  readonly attemptId?: string | undefined;
}

/**
 * Exchanges a refresh token for a new pair. Each is good once; what happens when one comes again depends on who may have sent it:
 *
 * | the token was rotated | answer |
 * |---|---|
 * | before this request looked | `auth.refreshInvalid`, and the session is revoked: its owner and a thief both hold its tokens |
 * | between this request's look and its own try | `auth.refreshInvalid`; neither of the two could know of the other, so nothing is revoked |
 * | with the `attemptId` that this request has, and its successor is unused | the same successor: the answer was lost on its way |
 *
 * A thief of a refresh token doesn't know the `attemptId`, which the client made up for that one exchange.
 * @throws {Fault} `auth.refreshInvalid`: the token is unknown or was rotated, or its session was ended
 * @throws {Fault} `account.suspended`: the account is suspended
 * @throws {Fault} `rate.limited`: the session refreshes too often
 */
export async function refresh(ports: Uses<"db" | "bus" | "cache" | "secrets">, input: Refresh): Promise<Tokens> {
  const { db, secrets, clock } = ports;
  const at = clock.now();
  const hash = hashOf(secrets, input.refreshToken);
  const found = await findRefreshToken(db, hash);
  if (!found) throw new Fault("auth.refreshInvalid");
  if (found.status === "suspended") throw new Fault("account.suspended");
  if (found.revokedAt || found.status === "deleted") throw new Fault("auth.refreshInvalid");

  const { sessionId } = found;
  const { max, windowSec } = limits.refresh;
  const { allowed, resetAt } = await ports.cache.hit(`limit:refresh:${sessionId}`, max, windowSec);
  if (!allowed) throw new Fault("rate.limited", { retryAt: resetAt });
  const next = input.attemptId
    ? successorOf(secrets, { token: input.refreshToken, attemptId: input.attemptId, sessionId })
    : newRefreshToken(ports, sessionId);
  const rotated =
    found.rotatedAt === null &&
    (await rotate(db, { hash, nextHash: next.hash, sessionId, at, expiresAt: refreshTokenEnd(found.startedAt, at) }));
  if (!rotated) {
    const lostAnswer = input.attemptId !== undefined && (await isCurrent(db, { hash: next.hash, sessionId, at }));
    if (!lostAnswer) {
      if (found.rotatedAt !== null) await revokeFamily(ports, found);
      throw new Fault("auth.refreshInvalid");
    }
  }
  const access = await issue(ports, { userId: found.userId, sessionId, roles: found.roles });
  return { ...access, refreshToken: next.token };
}

async function revokeFamily(ports: Uses<"db" | "bus" | "cache">, { sessionId, userId }: RefreshTokenRow): Promise<void> {
  await ports.db.begin(async (tx) => {
    const ended = await end(ports, tx, { sessionId, userId, reason: "reuse" });
    if (ended) await ports.bus.emit(tx, "session.refreshReused", { userId, sessionId }, { actor: userId });
  });
  await markRevoked(ports.cache, [sessionId], "reuse");
}
