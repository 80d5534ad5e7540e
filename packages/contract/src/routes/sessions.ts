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
  /** Whether it is the session that asks. */
  current: z.boolean(),
});

export const list = route({
  at: "GET /v1/me/sessions",
  summary: "Where I am signed in, newest first.",
  auth: "user",
  input: z.strictObject(pageInput()),
  output: page(Session),
  fails: [],
  limit: "read",
  needs: ["db"],
});

export const revoke = route({
  at: "DELETE /v1/me/sessions/{id}",
  summary: "Sign a device out: its tokens stop working at once, and its sockets are closed.",
  auth: "user",
  input: z.strictObject({ id: SessionId }),
  output: z.void(),
  status: 204,
  fails: ["session.notFound"],
  limit: "write",
  needs: ["db", "bus", "cache"],
});
