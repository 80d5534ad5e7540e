import * as z from "zod";
import { NotificationId } from "../ids.ts";
import { Notification } from "../notification.ts";
import { page, pageInput } from "../page.ts";
import { route } from "../route.ts";
import { TimeInput } from "../time.ts";

export const list = route({
  at: "GET /v1/notifications",
  summary: "List your notifications, newest first",
  auth: "user",
  input: z.strictObject(pageInput()),
  output: page(Notification),
  fails: [],
  limit: "read",
  needs: ["db"],
});

export const markRead = route({
  at: "PUT /v1/notifications/read",
  summary: "Mark notifications as read",
  description: "Name them in `ids`, or mark all that were last updated at `upTo` or before.",
  auth: "user",
  input: z.strictObject({ ids: z.array(NotificationId).min(1).max(100).optional(), upTo: TimeInput.optional() }),
  output: z.object({ readCount: z.int() }),
  fails: ["notification.notFound"],
  limit: "write",
  needs: ["db"],
});
