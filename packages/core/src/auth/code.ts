import { createHmac, timingSafeEqual } from "node:crypto";
import type { ChallengeId } from "@pendo/contract/ids";
import type { Secrets } from "../ports/secrets/secrets.ts";

/** The codes a challenge could have; 2^64 is so much larger that none is likelier than another. */
const CODES = 1_000_000n;

export interface Challenge {
  readonly challengeId: ChallengeId;
  /** Normalized. */
  readonly email: string;
}

/** The six digits that answer a challenge. They are derived, so that no table, outbox or queue ever holds them. */
export function codeOf(secrets: Secrets, { challengeId, email }: Challenge): string {
  const mac = createHmac("sha256", secrets.key("otp")).update(`code\0${challengeId}\0${email}`).digest();
  return (mac.readBigUInt64BE(0) % CODES).toString().padStart(6, "0");
}

/** Whether a code is the right one, in a time that doesn't tell how much of it is. */
export function isCodeOf(secrets: Secrets, challenge: Challenge, code: string): boolean {
  const expected = Buffer.from(codeOf(secrets, challenge));
  const given = Buffer.from(code);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
