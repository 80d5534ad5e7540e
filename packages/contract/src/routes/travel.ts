import * as z from "zod";
import { Position } from "../location.ts";
import { route } from "../route.ts";
import { Time } from "../time.ts";

/** Null: travel mode is off. The destination is left out, because Pendo keeps only a coarse, shifted position of it. */
const Travel = z.object({ travel: z.object({ startedAt: Time, expiresAt: Time }).nullable() });

export const get = route({
  at: "GET /v1/me/travel",
  summary: "Get your travel mode",
  auth: "user",
  input: z.strictObject({}),
  output: Travel,
  fails: [],
  limit: "read",
  needs: ["db"],
});

export const start = route({
  at: "PUT /v1/me/travel",
  summary: "Start travel mode",
  description:
    "For a week, others see you at the given place, and you see users there. Your card says that you are visiting. Another place is another start, and no faster than a flight.",
  auth: "user",
  input: Position,
  output: Travel,
  fails: ["profile.incomplete", "location.tooFast", "travel.quotaSpent"],
  limit: "location",
  needs: ["db", "bus", "secrets"],
});

export const end = route({
  at: "DELETE /v1/me/travel",
  summary: "End travel mode",
  auth: "user",
  input: z.strictObject({}),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "location",
  needs: ["db", "bus"],
});
