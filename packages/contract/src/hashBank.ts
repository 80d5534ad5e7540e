import * as z from "zod";
import { DecisionId, MediaId, UserId } from "./ids.ts";
import { Time } from "./time.ts";

/** A perceptual hash: 64 bits as lower-case hexadecimal digits. */
export const Phash = z.string().regex(/^[0-9a-f]{16}$/);

/** Which check refused the original picture. A refusal by the bank itself creates no entry. */
const HashBankOrigin = z.enum(["vision", "reviewer"]);
export type HashBankOrigin = z.infer<typeof HashBankOrigin>;

/** The hash of a refused picture. Pendo refuses similar pictures as soon as it reads them. */
export const HashBankEntry = z.object({
  phash: Phash,
  reason: z.string(),
  /** Null if an older release wrote the entry without an origin. Such an entry refuses nothing. */
  origin: HashBankOrigin.nullable(),
  mediaId: MediaId.nullable(),
  decisionId: DecisionId.nullable(),
  createdAt: Time,
  /** The time of removal. From then on the entry refuses nothing. */
  removedAt: Time.nullable(),
  removerId: UserId.nullable(),
});
export type HashBankEntry = z.infer<typeof HashBankEntry>;
