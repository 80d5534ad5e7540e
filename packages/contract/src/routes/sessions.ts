import * as z from "zod";
import { SessionId } from "../ids.ts";
import { page, pageInput } from "../page.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

const Session = z.object({
  id: SessionId,
  deviceName: z.string().nullable(),
  createdAt: Time,
  lastUsedAt: Time,
  /** Whether this request belongs to the session. */
  current: z.boolean(),
});

export const list = route({
  at: "GET /v1/me/sessions",
  summary: "List your sessions, newest first",
  auth: "user",
  input: z.strictObject(pageInput()),
  output: page(Session),
  fails: [],
  limit: "read",
  needs: ["db"],
});

export const revoke = route({
  at: "DELETE /v1/me/sessions/{sessionId}",
  summary: "Revoke one of your sessions",
  description: "Its tokens stop working at once, its sockets close, and its device gets no more pushes.",
  auth: "user",
  input: z.strictObject({ sessionId: SessionId }),
  output: z.void(),
  status: 204,
  fails: ["session.notFound"],
  limit: "write",
  needs: ["db", "bus", "cache"],
});
