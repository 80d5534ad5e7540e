import { createHmac, timingSafeEqual } from "node:crypto";
import type { UserId } from "@pendo/contract/ids";
import * as z from "zod";
import { Fault } from "../fault.ts";
import type { Secrets } from "../ports/secrets/secrets.ts";

/** A life of the database: a restored backup begins another one. */
export const EpochId = z.uuid().brand<"EpochId">();
export type EpochId = z.infer<typeof EpochId>;

export interface LogPosition {
  /** Up to which revision of the user's log its holder has seen everything. */
  readonly rev: number;
  /** The newest revision when the cursor was issued: its holder may have seen objects as they were then. */
  readonly headRev: number;
  /** In which epoch it was issued; null in a cursor of the release before, which did not say. */
  readonly epochId: EpochId | null;
}

const MAC_BYTES = 16;

/** The cursor that stands for a place in one user's log: opaque, and of no use to another user. */
export function cursorAt(
  secrets: Pick<Secrets, "key">,
  userId: UserId,
  { rev, headRev, epochId }: LogPosition & { epochId: EpochId },
): string {
  const text = `${rev.toString(36)}.${headRev.toString(36)}.${epochId}`;
  return `${text}.${mac(secrets, userId, text).toString("base64url")}`;
}

/** The cursor at the newest revision, of a user whose standing was read. */
export function headCursorOf(
  secrets: Pick<Secrets, "key">,
  userId: UserId,
  standing: { readonly headRev: number; readonly epochId: EpochId } | undefined,
): string {
  if (!standing) throw new Error("No standing was read for this user.");
  const { headRev, epochId } = standing;
  return cursorAt(secrets, userId, { rev: headRev, headRev, epochId });
}

/**
 * The place that a cursor stands for.
 * @throws {Fault} `sync.cursorInvalid`: the cursor was not given to this user
 */
export function placeOf(secrets: Pick<Secrets, "key">, userId: UserId, cursor: string): LogPosition {
  const parts = cursor.split(".");
  const seal = parts.pop() ?? "";
  const place = parts.length === 1 ? oldPlace(parts) : currentPlace(parts);
  const given = Buffer.from(seal, "base64url");
  // The release before sealed the revision as a decimal number.
  const sealed = place && mac(secrets, userId, place.epochId === null ? String(place.rev) : parts.join("."));
  if (!place || !sealed || given.length !== MAC_BYTES || !timingSafeEqual(given, sealed)) throw new Fault("sync.cursorInvalid");
  return place;
}

function oldPlace([digits = ""]: readonly string[]): LogPosition | null {
  const rev = revOf(digits);
  return rev === null ? null : { rev, headRev: rev, epochId: null };
}

function currentPlace(parts: readonly string[]): LogPosition | null {
  const [rev, headRev, epochId] = [revOf(parts[0] ?? ""), revOf(parts[1] ?? ""), EpochId.safeParse(parts[2])];
  return parts.length === 3 && rev !== null && headRev !== null && epochId.success ? { rev, headRev, epochId: epochId.data } : null;
}

function revOf(digits: string): number | null {
  const rev = Number.parseInt(digits, 36);
  return Number.isSafeInteger(rev) && rev >= 0 ? rev : null;
}

function mac(secrets: Pick<Secrets, "key">, userId: UserId, text: string): Buffer {
  return createHmac("sha256", secrets.key("cursor")).update(`sync:${userId}:${text}`).digest().subarray(0, MAC_BYTES);
}
