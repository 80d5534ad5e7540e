import { NOTIFICATION_KEPT_DAYS } from "@pendo/contract/notification";
import { schedules } from "@pendo/contract/schedules";
import { derivativeKeys } from "../rules/pictureKeys.ts";
import { removeRefused, removeUnsent } from "../media/media.ts";
import type { Uses } from "../ports/ports.ts";
import * as ended from "./ended.sql.ts";
import * as sql from "./expire.sql.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long it is known who was active on a day: a year can be compared with the one before. */
const ACTIVE_DAYS_MS = 400 * DAY_MS;
/** Decisions may be contested for six months. */
const REFUSED_PICTURES_MS = 200 * DAY_MS;
const METRIC_DAYS_MS = 3650 * DAY_MS;

/** What a run leaves of its schedule's time: the step under way when it stops still ends. */
const MARGIN_SEC = 30;

/** How many rows of each kind were dealt with. */
export type Expired = Readonly<Record<Kind, number>>;

type Kind =
  | "challenges"
  | "sessions"
  | "activeDays"
  | "metricDays"
  | "idempotencyKeys"
  | "inboxMarks"
  | "refreshTokens"
  | "uploads"
  | "sweptUploads"
  | "quotaCounters"
  | "quotaRefunds"
  | "evidence"
  | "unsentPictures"
  | "sentPictures"
  | "refusedPictures"
  | "readNotifications"
  | "travels"
  | "boosts"
  | "dailyPicks"
  | "dailyPairs";

/**
 * Deletes what has outlived its use, in bounded steps, until nothing is left or the time of the schedule is nearly over: the next run does the rest.
 * Running twice, or late, does no harm.
 */
export async function expire(ports: Uses<"db" | "storage">): Promise<Expired> {
  const endMs = ports.clock.now().getTime() + (schedules.expire.timeoutSec - MARGIN_SEC) * 1000;
  const steps = stepsOf(ports);
  const counts = Object.fromEntries(Object.keys(steps).map((kind) => [kind, 0])) as Record<Kind, number>;
  let open = Object.keys(steps) as Kind[];
  // In turns, so that a backlog of one kind does not keep the others waiting.
  while (open.length > 0) {
    const more: Kind[] = [];
    for (const kind of open) {
      if (ports.clock.now().getTime() >= endMs) return counts;
      const count = await steps[kind]();
      counts[kind] += count;
      if (count > 0) more.push(kind);
    }
    open = more;
  }
  return counts;
}

/** One bounded step of each kind; it answers how many rows it dealt with, and 0 where there is nothing left. */
function stepsOf(ports: Uses<"db" | "storage">): Readonly<Record<Kind, () => Promise<number>>> {
  const { db, clock } = ports;
  const ago = (ms: number): Date => new Date(clock.now().getTime() - ms);
  return {
    challenges: () => sql.challenges(db, ago(DAY_MS)),
    // An answer is replayed for a day at least.
    idempotencyKeys: () => sql.idempotencyKeys(db, ago(25 * HOUR_MS)),
    // Longer than any queue keeps a message, dead letters included.
    inboxMarks: () => sql.inboxMarks(db, ago(21 * DAY_MS)),
    refreshTokens: () => sql.refreshTokens(db, ago(DAY_MS)),
    // A session ends when it was not used for 30 days. Its owner sees for as long again that it ended.
    sessions: () => ended.sessions(db, { revokedBefore: ago(30 * DAY_MS), usedBefore: ago(60 * DAY_MS) }),
    activeDays: () => ended.activeDays(db, ago(ACTIVE_DAYS_MS)),
    metricDays: () => ended.metricDays(db, ago(METRIC_DAYS_MS)),
    quotaCounters: () => sql.quotaCounters(db, ago(2 * DAY_MS)),
    quotaRefunds: () => sql.quotaRefunds(db, ago(DAY_MS)),
    // Evidence found in its last moments may have kept files from a deletion under way; an hour later that is over.
    evidence: () => evidence(ports, ago(HOUR_MS)),
    sentPictures: () => sql.sentPictures(db, { before: ago(DAY_MS), at: clock.now() }),
    unsentPictures: () => unsentPictures(ports, ago(DAY_MS)),
    refusedPictures: () => refusedPictures(ports, ago(REFUSED_PICTURES_MS)),
    readNotifications: () => sql.readNotifications(db, ago(NOTIFICATION_KEPT_DAYS * DAY_MS)),
    boosts: () => sql.boosts(db, ago(30 * DAY_MS)),
    dailyPicks: () => sql.dailyPicks(db, ago(DAY_MS)),
    dailyPairs: () => sql.dailyPairs(db, ago(30 * DAY_MS)),
    // By then nobody could have come too fast from where it was, to the other end of the world.
    travels: () => sql.travels(db, ago(DAY_MS)),
    uploads: () => abandonedUploads(ports, ago(DAY_MS)),
    sweptUploads: () => sweptUploads(ports, ago(HOUR_MS)),
  };
}

// The files go first, here and below: a crash between leaves a row that another run comes back to.
async function abandonedUploads({ db, storage }: Uses<"db" | "storage">, before: Date): Promise<number> {
  const abandoned = await sql.abandonedUploads(db, before);
  if (abandoned.length === 0) return 0;
  await storage.remove(abandoned.map((upload) => upload.uploadKey));
  return await sql.forgetUploads(db, abandoned);
}

/** Removes what was posted to a form after its picture had been read, where the storage allows that. */
async function sweptUploads({ db, storage, clock }: Uses<"db" | "storage">, before: Date): Promise<number> {
  const unswept = await sql.unsweptUploads(db, before);
  if (unswept.length === 0) return 0;
  await storage.remove(unswept.map((upload) => upload.uploadKey));
  return await sql.markSwept(db, unswept, clock.now());
}

async function unsentPictures(ports: Uses<"db" | "storage">, before: Date): Promise<number> {
  let count = 0;
  for (const mediaId of await sql.unsentPictures(ports.db, before)) if (await removeUnsent(ports, mediaId)) count += 1;
  return count;
}

async function refusedPictures(ports: Uses<"db" | "storage">, before: Date): Promise<number> {
  let count = 0;
  for (const mediaId of await ended.refusedPictures(ports.db, before)) if (await removeRefused(ports, mediaId)) count += 1;
  return count;
}

async function evidence({ db, storage }: Uses<"db" | "storage">, before: Date): Promise<number> {
  const old = await sql.oldEvidence(db, before);
  if (old.length === 0) return 0;
  const named = old.flatMap((one) => one.media);
  const orphans = new Set(
    await sql.orphaned(
      db,
      named.map(({ id }) => id),
      before,
    ),
  );
  const files = named.filter(({ id }) => orphans.has(id)).flatMap(({ id, version = null }) => derivativeKeys({ id, version }));
  if (files.length > 0) await storage.remove([...new Set(files)]);
  return await sql.forgetEvidence(
    db,
    old.map((one) => one.reportId),
    before,
  );
}
