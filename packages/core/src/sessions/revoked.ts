import type { SessionId } from "@pendo/contract/ids";
import { ACCESS_TOKEN_SEC } from "../auth/accessTokens.ts";
import type { Cache } from "../ports/cache/cache.ts";

export type RevokeReason = "logout" | "revoked" | "reuse" | "suspended";

/** Longer than any access token of the session can still be good for, clocks that differ included. */
const MARK_SEC = ACCESS_TOKEN_SEC + 60;

/**
 * Makes the access tokens of ended sessions refused at once, instead of when they expire. Whoever consumes `session.revoked` calls it as well, for
 * the crash between the commit and the mark. A cache that lost a mark lets a token live out its ten minutes; no new one is ever issued.
 */
export async function markRevoked(cache: Cache, sessionIds: readonly SessionId[], reason: RevokeReason): Promise<void> {
  await Promise.all(sessionIds.map((sessionId) => cache.mark(keyOf(sessionId), reason, MARK_SEC)));
}

/** Why a session was ended; null while it may go on. */
export function revokedBecause(cache: Cache, sessionId: SessionId): Promise<string | null> {
  return cache.get(keyOf(sessionId));
}

function keyOf(sessionId: SessionId): string {
  return `revoked:${sessionId}`;
}
