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
  /** When it will have been looked at. */
  dueAt: Time,
  decidedAt: Time.nullable(),
});

export const create = route({
  at: "POST /v1/reports",
  summary: "Report somebody, or one of their messages or photos",
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

export const read = route({
  at: "GET /v1/reports/{id}",
  summary: "A report one made, and what became of it",
  auth: "user",
  input: z.strictObject({ id: ReportId }),
  output: Report,
  fails: ["report.notFound"],
  limit: "read",
  needs: ["db"],
});
