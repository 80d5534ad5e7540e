import { createHmac } from "node:crypto";
import type { SessionId } from "@pendo/contract/ids";
import type { Ambient } from "../ports/ports.ts";
import type { Secrets } from "../ports/secrets/secrets.ts";

const SECRET_BYTES = 32;

export interface RefreshToken {
  /** For the client alone: the session's id, then 32 secret bytes. */
  readonly token: string;
  /** What the database keeps. */
  readonly hash: Buffer;
}

/** A refresh token with 32 random bytes: 256 bits, so that no guess finds one. */
export function newRefreshToken({ ids, secrets }: { ids: Ambient["ids"]; secrets: Secrets }, sessionId: SessionId): RefreshToken {
  return of(secrets, sessionId, Buffer.from(ids.bytes(SECRET_BYTES)));
}

/**
 * The token that follows another where the client named its attempt. It is derived, so that a retry of the attempt gets the same one without anything
 * but its hash being kept. It is as hard to guess as the two it is made of, and nobody without the deployment's key can make it from them.
 */
export function successorOf(
  secrets: Secrets,
  { token, attemptId, sessionId }: { token: string; attemptId: string; sessionId: SessionId },
): RefreshToken {
  return of(secrets, sessionId, createHmac("sha256", secrets.key("refresh")).update(`next\0${token}\0${attemptId}`).digest());
}

/** A keyed hash: a copy of the database is not enough to tell a token from a guess. */
export function hashOf(secrets: Secrets, token: string): Buffer {
  return createHmac("sha256", secrets.key("refresh")).update(`hash\0${token}`).digest();
}

function of(secrets: Secrets, sessionId: SessionId, secret: Buffer): RefreshToken {
  const token = `${sessionId}.${secret.toString("base64url")}`;
  return { token, hash: hashOf(secrets, token) };
}
