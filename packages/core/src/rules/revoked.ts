import type { SessionId } from "@pendo/contract/ids";
import type { Cache } from "../ports/cache/cache.ts";
import { ACCESS_TOKEN_SEC } from "./sessionGoesOn.ts";

export type RevokeReason = "logout" | "revoked" | "reuse" | "suspended";

/** Longer than any access token of the session can still be good for, clocks that differ included. */
export const MARK_SEC = ACCESS_TOKEN_SEC + 60;

/**
 * Makes the access tokens of ended sessions refused at once, instead of when they expire. The consumer of `session.revoked` calls it as well, for a
 * crash between the commit and the mark, and `restoreRevocations` for a cache that lost its marks.
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
