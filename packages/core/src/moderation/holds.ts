import type { EventId, ReportId, UserId } from "@pendo/contract/ids";
import { seriousReasons } from "@pendo/contract/report";
import { firstTime } from "../ports/bus/inbox.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import { tellDiscoverable } from "../rules/discoverable.ts";
import { append } from "../log/log.sql.ts";
import { decide } from "./decisions.ts";
import { confirmHold, dueHolds, endHold, hold, reportersOf, subjectOf } from "./holds.sql.ts";

const DAY_MS = 24 * 3_600_000;
/** So many different users, in so many days, report something serious: the profile is hidden. */
const REPORTERS_MIN = 3;
const WINDOW_MS = 7 * DAY_MS;
/** A report counts from an author whose account is at least so old: fresh accounts cost nothing. */
const AUTHOR_AGE_MIN_MS = 7 * DAY_MS;
/** A hold that no reviewer confirmed ends after this time: a machine's guess must not outlast a day. */
const HOLD_MS = DAY_MS;
/** Of one run; the next one takes the rest. */
const ENDED_MAX = 500;

/**
 * Hides a profile for a day that several users reported lately, for something serious. A report counts where its author is no fresh account and had
 * contact with the reported user. Doing it twice changes nothing.
 */
export async function judgeReport(
  ports: Uses<"db" | "bus">,
  { factId, reportId }: { readonly factId: EventId; readonly reportId: ReportId },
): Promise<void> {
  const { db, bus, clock } = ports;
  await db.begin(async (tx) => {
    const at = clock.now();
    if (!(await firstTime(tx, "moderation", factId, at))) return;
    const userId = await subjectOf(tx, reportId);
    if (userId === null) return;
    const reporters = await reportersOf(tx, {
      userId,
      reasons: seriousReasons,
      since: new Date(at.getTime() - WINDOW_MS),
      authorAgeMinSec: AUTHOR_AGE_MIN_MS / 1000,
    });
    if (reporters < REPORTERS_MIN || !(await hold(tx, { userId, until: new Date(at.getTime() + HOLD_MS), at }))) return;
    await decide(ports, tx, {
      userId,
      subjectKind: "account",
      subjectId: userId,
      restriction: "hidden",
      ground: "reports",
      facts: `${reporters} people reported the profile within 7 days. It is hidden for 24 hours, or longer where a reviewer confirms it.`,
      automatedDetection: true,
      automatedDecision: true,
    });
    await append(tx, [{ userId, kind: "profile", ref: userId }], at);
    await tellDiscoverable({ bus }, tx, userId, at);
  });
}

/** Keeps a profile hidden until a reviewer releases it. */
export async function confirm(tx: Tx, userId: UserId, at: Date): Promise<void> {
  await confirmHold(tx, userId, at);
}

/** Ends the holds whose time has come. @returns how many. */
export async function endDue({ db, bus, clock }: Uses<"db" | "bus">): Promise<number> {
  const at = clock.now();
  const due = await dueHolds(db, { at, limit: ENDED_MAX });
  for (const userId of due)
    await db.begin(async (tx) => {
      if (await endHold(tx, userId, at, at)) await tellReleased({ bus }, tx, userId, at);
    });
  return due.length;
}

/** Shows a held profile again, where everything else allows it: a reviewer's decision. */
export async function release({ bus }: Pick<Ports, "bus">, tx: Tx, userId: UserId, at: Date): Promise<void> {
  if (await endHold(tx, userId, at)) await tellReleased({ bus }, tx, userId, at);
}

async function tellReleased({ bus }: Pick<Ports, "bus">, tx: Tx, userId: UserId, at: Date): Promise<void> {
  await append(tx, [{ userId, kind: "profile", ref: userId }], at);
  await tellDiscoverable({ bus }, tx, userId, at);
}
