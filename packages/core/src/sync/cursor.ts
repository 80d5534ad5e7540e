import { createHmac, timingSafeEqual } from "node:crypto";
import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Secrets } from "../ports/secrets/secrets.ts";

const MAC_BYTES = 16;

/** The cursor that stands for a revision of one user's log: opaque, and of no use to anybody else. */
export function cursorAt(secrets: Pick<Secrets, "key">, userId: UserId, rev: number): string {
  return `${rev.toString(36)}.${mac(secrets, userId, rev).toString("base64url")}`;
}

/**
 * The revision that a cursor stands for.
 * @throws {Fault} `sync.cursorInvalid` where it was not given to this user.
 */
export function revOf(secrets: Pick<Secrets, "key">, userId: UserId, cursor: string): number {
  const [digits, sealed] = cursor.split(".", 2);
  const rev = Number.parseInt(digits ?? "", 36);
  if (!Number.isSafeInteger(rev) || rev < 0 || sealed === undefined) throw new Fault("sync.cursorInvalid");
  const given = Buffer.from(sealed, "base64url");
  if (given.length !== MAC_BYTES || !timingSafeEqual(given, mac(secrets, userId, rev))) throw new Fault("sync.cursorInvalid");
  return rev;
}

function mac(secrets: Pick<Secrets, "key">, userId: UserId, rev: number): Buffer {
  return createHmac("sha256", secrets.key("cursor")).update(`sync:${userId}:${rev}`).digest().subarray(0, MAC_BYTES);
}
