import type { SessionId, UserId } from "@pendo/contract/ids";
import type { StaffRole } from "@pendo/contract/route";
import { Fault } from "../fault.ts";
import type { Ambient, Ports } from "../ports/ports.ts";
import { revokedBecause } from "../rules/revoked.ts";
import { findSession } from "../sessions/sessions.sql.ts";
import { verify } from "./accessTokens.ts";

/** Who calls. */
export interface Authenticated {
  readonly me: UserId;
  readonly sessionId: SessionId;
  readonly roles: readonly StaffRole[];
}

/**
 * Finds out who calls, from an `Authorization` header. HOT: one signature check per token, then one read of the cache per call.
 * @throws {Fault} `auth.required`: there is no header
 * @throws {Fault} `auth.tokenInvalid`: it is no bearer token of ours, or its session was revoked
 * @throws {Fault} `auth.tokenExpired`: the token is over
 * @throws {Fault} `account.suspended`: the session was revoked by a suspension
 */
export async function authenticate(
  ports: Pick<Ports, "cache" | "secrets"> & Pick<Ambient, "clock">,
  authorization: string | null | undefined,
): Promise<Authenticated> {
  if (!authorization) throw new Fault("auth.required");
  const token = /^Bearer +([\w.-]+)$/i.exec(authorization)?.[1];
  if (!token) throw new Fault("auth.tokenInvalid");
  const { userId, sessionId, roles } = await verify(ports, token);
  const reason = await revokedBecause(ports.cache, sessionId);
  if (reason !== null) throw new Fault(reason === "suspended" ? "account.suspended" : "auth.tokenInvalid");
  return { me: userId, sessionId, roles };
}

/**
 * The staff roles of who calls, as the database has them now. A token carries the roles of its sign-in, and the cache may have lost the mark of a
 * session that was ended; what staff may do is too much to rely on either.
 * @throws {Fault} `auth.tokenInvalid`: the session was ended, or the account is not active
 * @throws {Fault} `account.suspended`: the account is suspended
 * @throws {Fault} `store.unavailable`: the database does not answer
 */
export async function staffRolesOf(
  { db }: Pick<Ports, "db">,
  { me, sessionId }: Pick<Authenticated, "me" | "sessionId">,
): Promise<readonly StaffRole[]> {
  const session = await findSession(db, { userId: me, sessionId });
  if (session?.status === "suspended") throw new Fault("account.suspended");
  if (session?.status !== "active" || session.revokedAt !== null) throw new Fault("auth.tokenInvalid");
  return session.roles;
}
