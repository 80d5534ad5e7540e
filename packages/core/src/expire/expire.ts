import { derivativeKeys } from "../media/keys.ts";
import { removeUnsent } from "../media/media.ts";
import type { Uses } from "../ports/ports.ts";
import * as sql from "./expire.sql.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How many rows of each kind went. */
export type Expired = Readonly<
  Record<
    | "challenges"
    | "idempotencyKeys"
    | "inboxMarks"
    | "refreshTokens"
    | "uploads"
    | "quotaCounters"
    | "quotaRefunds"
    | "evidence"
    | "unsentPictures"
    | "readNotifications"
    | "travels"
    | "boosts"
    | "dailyPicks"
    | "dailyPairs",
    number
  >
>;

/** Deletes what has outlived its use, in bounded steps: another run does the rest. Running twice, or late, does no harm. */
export async function expire(ports: Uses<"db" | "storage">): Promise<Expired> {
  const { db, storage, clock } = ports;
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
    quotaCounters: await sql.quotaCounters(db, ago(2 * DAY_MS)),
    quotaRefunds: await sql.quotaRefunds(db, ago(DAY_MS)),
    // Whoever found a picture to be evidence in its last moments, and so left its files, is long done with it.
    evidence: await evidence(ports, ago(HOUR_MS)),
    unsentPictures: await unsentPictures(ports, { after: ago(30 * DAY_MS), before: ago(DAY_MS) }),
    readNotifications: await sql.readNotifications(db, ago(30 * DAY_MS)),
    boosts: await sql.boosts(db, ago(30 * DAY_MS)),
    dailyPicks: await sql.dailyPicks(db, ago(DAY_MS)),
    dailyPairs: await sql.dailyPairs(db, ago(30 * DAY_MS)),
    // By then nobody could have come too fast from where it was, to the other end of the world.
    travels: await sql.travels(db, ago(DAY_MS)),
    uploads: abandoned.length > 0 ? await sql.forgetUploads(db, abandoned) : 0,
  };
}

async function unsentPictures(ports: Uses<"db" | "storage">, days: { readonly after: Date; readonly before: Date }): Promise<number> {
  let count = 0;
  for (const mediaId of await sql.unsentPictures(ports.db, days)) if (await removeUnsent(ports, mediaId)) count += 1;
  return count;
}

// The files go first: a crash between leaves a row that another run comes back to.
async function evidence({ db, storage }: Uses<"db" | "storage">, before: Date): Promise<number> {
  const old = await sql.oldEvidence(db, before);
  if (old.length === 0) return 0;
  const orphans = await sql.orphaned(
    db,
    old.flatMap((one) => one.mediaIds),
    before,
  );
  if (orphans.length > 0) await storage.remove(orphans.flatMap(derivativeKeys));
  return await sql.forgetEvidence(
    db,
    old.map((one) => one.reportId),
    before,
  );
}
