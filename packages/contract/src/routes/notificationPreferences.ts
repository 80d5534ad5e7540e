import * as z from "zod";
import { type EmailKind, emailKinds, type PushKind, pushKinds } from "../notification.ts";
import { route } from "../route.ts";

const DayTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day, such as 22:30")
  .meta({ examples: ["22:30"] });

const Push = z.strictObject(switches<PushKind>(pushKinds));
const Email = z.strictObject(switches<EmailKind>(emailKinds));

const NotificationPreferences = z.object({
  push: Push,
  email: Email,
  /** Pushes wait between these two times, in your time zone. Null: they never wait. */
  quietFrom: DayTime.nullable(),
  quietTo: DayTime.nullable(),
});

export const get = route({
  at: "GET /v1/me/notification-preferences",
  summary: "Get your notification preferences",
  auth: "user",
  input: z.strictObject({}),
  output: NotificationPreferences,
  fails: [],
  limit: "read",
  // Clients ask every time. The response has no body if nothing changed.
  cache: { maxAgeSec: 0, scope: "private" },
  needs: ["db"],
});

export const update = route({
  at: "PATCH /v1/me/notification-preferences",
  summary: "Update your notification preferences",
  description: "Fields that you leave out stay as they are. `quietFrom` and `quietTo` are both times or both null.",
  auth: "user",
  input: z.strictObject({
    push: Push.partial().optional(),
    email: Email.partial().optional(),
    quietFrom: DayTime.nullable().optional(),
    quietTo: DayTime.nullable().optional(),
  }),
  output: NotificationPreferences,
  fails: [],
  limit: "write",
  needs: ["db"],
});

function switches<Kind extends string>(kinds: readonly Kind[]): Record<Kind, z.ZodBoolean> {
  return Object.fromEntries(kinds.map((kind) => [kind, z.boolean()])) as Record<Kind, z.ZodBoolean>;
}
