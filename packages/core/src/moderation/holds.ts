import type { EventId, ReportId, UserId } from "@pendo/contract/ids";
import { seriousReasons } from "@pendo/contract/report";
import { firstTime } from "../ports/bus/inbox.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import { tellDiscoverable } from "../profiles/discoverable.ts";
import { append } from "../sync/log.ts";
import { decide } from "./decisions.ts";
import { reportersOf, setHeld, subjectOf } from "./holds.sql.ts";

/** So many different people, in so many days, report something serious: the profile is hidden until a person looked at it. */
const REPORTERS_MIN = 3;
const WINDOW_MS = 7 * 24 * 3_600_000;

/** Hides a profile that several people reported lately, for something serious, until it was reviewed. Doing it twice changes nothing. */
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
    const reporters = await reportersOf(tx, { userId, reasons: seriousReasons, since: new Date(at.getTime() - WINDOW_MS) });
    if (reporters < REPORTERS_MIN || !(await setHeld(tx, userId, true, at))) return;
    await decide(ports, tx, {
      userId,
      subjectKind: "account",
      subjectId: userId,
      restriction: "hidden",
      ground: "reports",
      facts: `${reporters} people reported the profile within 7 days. It is hidden until somebody has reviewed it.`,
      automatedDetection: true,
      automatedDecision: true,
    });
    await append(tx, [{ userId, kind: "profile", ref: userId }], at);
    await tellDiscoverable({ bus }, tx, userId, at);
  });
}

/** Shows a held profile again, where everything else allows it. For whoever reviewed it. */
export async function release({ bus }: Pick<Ports, "bus">, tx: Tx, userId: UserId, at: Date): Promise<void> {
  if (!(await setHeld(tx, userId, false, at))) return;
  await append(tx, [{ userId, kind: "profile", ref: userId }], at);
  await tellDiscoverable({ bus }, tx, userId, at);
}
