import * as z from "zod";
import { UserId } from "../ids.ts";
import { Locale, TimeZone } from "../locale.ts";
import { route, staffRoles } from "../route.ts";
import { Time } from "../time.ts";

const Me = z.object({
  userId: UserId,
  email: z.string().nullable(),
  status: z.enum(["active", "deactivated"]),
  roles: z.array(z.enum(staffRoles)),
  createdAt: Time,
  locale: z.string(),
  timeZone: z.string(),
  /** Whether everything is there that a profile needs to be shown, verdicts aside. */
  profileComplete: z.boolean(),
  /** Whether others can come across my profile now. */
  discoverable: z.boolean(),
});

export const get = route({
  at: "GET /v1/me",
  summary: "My account.",
  auth: "user",
  input: z.strictObject({}),
  output: Me,
  fails: [],
  limit: "read",
  // Asked again each time, and answered without a body while nothing changed.
  cache: { maxAgeSec: 0, scope: "private" },
  needs: ["db"],
});

export const update = route({
  at: "PATCH /v1/me",
  summary: "Change my language or time zone.",
  auth: "user",
  input: z.strictObject({ locale: Locale.optional(), timeZone: TimeZone.optional() }),
  output: Me,
  fails: [],
  limit: "write",
  needs: ["db"],
});
