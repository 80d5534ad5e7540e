import * as z from "zod";
import { DecisionId, MediaId, UserId } from "./ids.ts";
import { Time } from "./time.ts";

/** A perceptual hash: 64 bits as lower-case hexadecimal digits. */
export const Phash = z.string().regex(/^[0-9a-f]{16}$/);

/** Who refused the picture that an entry looks like. What the bank itself refused makes no entry. */
const HashBankOrigin = z.enum(["vision", "reviewer"]);
export type HashBankOrigin = z.infer<typeof HashBankOrigin>;

/** What a refused picture looks like: pictures that differ little from it are refused as soon as they are read. */
export const HashBankEntry = z.object({
  phash: Phash,
  reason: z.string(),
  /** Null for entries of releases that recorded no origin. They refuse nothing. */
  origin: HashBankOrigin.nullable(),
  mediaId: MediaId.nullable(),
  decisionId: DecisionId.nullable(),
  createdAt: Time,
  /** Set once the entry is removed: it refuses nothing from then on. */
  removedAt: Time.nullable(),
  removedBy: UserId.nullable(),
});
export type HashBankEntry = z.infer<typeof HashBankEntry>;
