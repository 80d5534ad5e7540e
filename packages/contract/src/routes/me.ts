import * as z from "zod";
import { UserId } from "../ids.ts";
import { Locale, TimeZone } from "../locale.ts";
import { route } from "../route.ts";
import { StaffRoleName } from "../staff.ts";
import { Time } from "../time.ts";

const Me = z.object({
  id: UserId,
  email: z.string().nullable(),
  status: z.enum(["active", "deactivated"]),
  roles: z.array(StaffRoleName),
  createdAt: Time,
  locale: z.string(),
  timeZone: z.string(),
  /** Whether the profile has every required field. Moderation may still hide it. */
  profileComplete: z.boolean(),
  /** Whether other users can find your profile now. */
  discoverable: z.boolean(),
});

export const get = route({
  at: "GET /v1/me",
  summary: "Get your account",
  auth: "user",
  input: z.strictObject({}),
  output: Me,
  fails: [],
  limit: "read",
  // Clients ask every time. The response has no body if nothing changed.
  cache: { maxAgeSec: 0, scope: "private" },
  needs: ["db"],
});

export const update = route({
  at: "PATCH /v1/me",
  summary: "Update your language or time zone",
  auth: "user",
  input: z.strictObject({ locale: Locale.optional(), timeZone: TimeZone.optional() }),
  output: Me,
  fails: [],
  limit: "write",
  needs: ["db"],
});
