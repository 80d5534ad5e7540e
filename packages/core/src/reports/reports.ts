import type { MediaId, MessageId, ReportId, UserId } from "@pendo/contract/ids";
import type { ReportReason } from "@pendo/contract/report";
import { Fault } from "../fault.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { isShown } from "../profiles/cards.sql.ts";
import { freezeEvidence, insertReport, ownReport, sentToReporter, shownToReporter, type ReportRow, wasShown } from "./reports.sql.ts";

const DUE_MS = 24 * 3_600_000;
/** How long what was reported is kept: decisions may be contested for six months, and disputes take their time. */
const RETAIN_MS = 365 * 24 * 3_600_000;

export interface ReportInput {
  readonly reporterId: UserId;
  readonly userId: UserId;
  readonly reason: ReportReason;
  readonly note: string;
  readonly messageId?: MessageId | undefined;
  readonly mediaId?: MediaId | undefined;
}

export interface Report extends Omit<ReportRow, "createdAt" | "dueAt" | "decidedAt"> {
  readonly createdAt: string;
  readonly dueAt: string;
  readonly decidedAt: string | null;
}

/**
 * Reports a user, and freezes what the user shows and wrote at this moment, whatever is deleted later. Users who block each other can still report.
 * @throws {Fault} `user.notFound`: the reporter was never shown this id, whether or not it has a user
 * @throws {Fault} `message.notFound`: the message is not the user's, or not from a conversation of the reporter
 * @throws {Fault} `media.notFound`: the reporter can't see the picture
 * @throws {Fault} `input.invalid`: the id is the reporter's own
 */
export async function create({ db, bus, clock, ids }: Uses<"db" | "bus">, input: ReportInput): Promise<Report> {
  const { reporterId, userId, reason, note, messageId = null, mediaId = null } = input;
  if (reporterId === userId) throw new Fault("input.invalid", { fields: { "/userId": "is yourself" } });
  const at = clock.now();
  const row: ReportRow = {
    id: ids.next<ReportId>(),
    userId,
    reason,
    note,
    messageId,
    mediaId,
    state: "open",
    createdAt: at,
    dueAt: new Date(at.getTime() + DUE_MS),
    decidedAt: null,
  };
  await db.begin(async (tx) => {
    await check(tx, input, at);
    await insertReport(tx, { ...row, reporterId });
    await freezeEvidence(tx, { reportId: row.id, reporterId, userId, messageId, mediaId, retainUntil: new Date(at.getTime() + RETAIN_MS) });
    await bus.emit(tx, "report.created", { reportId: row.id }, { actor: reporterId });
  });
  return answer(row);
}

/**
 * One's own report, and what became of it.
 * @throws {Fault} `report.notFound`: the user made no such report
 */
export async function get(
  { db }: Uses<"db">,
  { reporterId, reportId }: { readonly reporterId: UserId; readonly reportId: ReportId },
): Promise<Report> {
  const row = await ownReport(db, reporterId, reportId);
  if (!row) throw new Fault("report.notFound");
  return answer(row);
}

async function check(tx: Tx, { reporterId, userId, messageId, mediaId }: ReportInput, at: Date): Promise<void> {
  // A user that the reporter has met may be reported after a block, and after deleting the account: both are answered alike.
  const mayReport = (await wasShown(tx, { reporterId, userId })) || (await isShown(tx, { viewerId: reporterId, userId, at }));
  if (!mayReport) throw new Fault("user.notFound");
  if (messageId && !(await sentToReporter(tx, messageId, { reporterId, userId }))) throw new Fault("message.notFound");
  if (mediaId && !(await shownToReporter(tx, mediaId, { reporterId, userId }))) throw new Fault("media.notFound");
}

function answer({ createdAt, dueAt, decidedAt, ...row }: ReportRow): Report {
  return { ...row, createdAt: createdAt.toISOString(), dueAt: dueAt.toISOString(), decidedAt: decidedAt?.toISOString() ?? null };
}
