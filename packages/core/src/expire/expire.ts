import type { Uses } from "../ports/ports.ts";
import * as sql from "./expire.sql.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How many rows of each kind went. */
export type Expired = Readonly<Record<"challenges" | "idempotencyKeys" | "inboxMarks" | "refreshTokens" | "uploads" | "quotaCounters", number>>;

/** Deletes what has outlived its use, in bounded steps: another run does the rest. Running twice, or late, does no harm. */
export async function expire({ db, storage, clock }: Uses<"db" | "storage">): Promise<Expired> {
  const ago = (ms: number): Date => new Date(clock.now().getTime() - ms);
  const abandoned = await sql.abandonedUploads(db, ago(DAY_MS));
  if (abandoned.length > 0) await storage.remove(abandoned.map((upload) => upload.uploadKey));
  return {
    challenges: await sql.challenges(db, ago(DAY_MS)),
    // An answer is replayed for a day at least.
    idempotencyKeys: await sql.idempotencyKeys(db, ago(25 * HOUR_MS)),
    // Longer than any queue keeps a message, dead letters included.
    inboxMarks: await sql.inboxMarks(db, ago(21 * DAY_MS)),
    refreshTokens: await sql.refreshTokens(db, ago(DAY_MS)),
    quotaCounters: await sql.quotaCounters(db, ago(3 * DAY_MS)),
    uploads: abandoned.length > 0 ? await sql.forgetUploads(db, abandoned) : 0,
  };
}
