import * as z from "zod";
import { MediaId, MessageId, ReportId, UserId } from "../ids.ts";
import { ReportReason } from "../report.ts";
import { route } from "../route.ts";
import { paragraphs } from "../text.ts";
import { Time } from "../time.ts";

const Report = z.object({
  id: ReportId,
  userId: UserId,
  reason: ReportReason,
  note: z.string(),
  messageId: MessageId.nullable(),
  mediaId: MediaId.nullable(),
  state: z.enum(["open", "actioned", "dismissed"]),
  createdAt: Time,
  /** The time by which a moderator should have decided. */
  dueAt: Time,
  decidedAt: Time.nullable(),
});

export const create = route({
  at: "POST /v1/reports",
  summary: "Report a user, or a message or photo of the user",
  auth: "user",
  input: z.strictObject({
    userId: UserId,
    reason: ReportReason,
    note: paragraphs(1000).default(""),
    messageId: MessageId.optional(),
    mediaId: MediaId.optional(),
  }),
  output: Report,
  status: 201,
  fails: ["user.notFound", "message.notFound", "media.notFound"],
  limit: "report",
  idempotent: true,
  needs: ["db", "bus"],
});

export const get = route({
  at: "GET /v1/reports/{reportId}",
  summary: "Get one of your reports and its outcome",
  auth: "user",
  input: z.strictObject({ reportId: ReportId }),
  output: Report,
  fails: ["report.notFound"],
  limit: "read",
  needs: ["db"],
});
