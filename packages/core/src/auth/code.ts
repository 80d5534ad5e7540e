import { createHmac, timingSafeEqual } from "node:crypto";
import type { ChallengeId } from "@pendo/contract/ids";
import type { Secrets } from "../ports/secrets/secrets.ts";

export const SHORT_DIGITS = 6;
/** Of the codes that are asked for where somebody may be guessing: ten thousand times as many. */
export const LONG_DIGITS = 10;
export type Digits = typeof SHORT_DIGITS | typeof LONG_DIGITS;

export interface Challenge {
  readonly challengeId: ChallengeId;
  /** Normalized. */
  readonly email: string;
  /** Six, unless told. */
  readonly digits?: Digits;
}

/**
 * The digits that answer a challenge. They are derived, so that no table, outbox or queue ever holds them. 2^64 is so much larger than the number of
 * codes that none is likelier than another.
 */
export function codeOf(secrets: Secrets, { challengeId, email, digits = SHORT_DIGITS }: Challenge): string {
  const mac = createHmac("sha256", secrets.key("otp")).update(`code\0${challengeId}\0${email}`).digest();
  return (mac.readBigUInt64BE(0) % 10n ** BigInt(digits)).toString().padStart(digits, "0");
}

/** Whether a code is the right one, in a time that doesn't tell how much of it is. */
export function isCodeOf(secrets: Secrets, challenge: Challenge, code: string): boolean {
  const expected = Buffer.from(codeOf(secrets, challenge));
  const given = Buffer.from(code);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
