import * as z from "zod";
import { route } from "../route.ts";
import { Time } from "../time.ts";

/** Null: one is seen where one is. Where one travels is not told: one chose it, and only a coarse, shifted place of it was kept. */
const Travel = z.object({ travel: z.object({ startedAt: Time, until: Time }).nullable() });

export const read = route({
  at: "GET /v1/me/travel",
  summary: "Whether one is seen somewhere else, and until when",
  auth: "user",
  input: z.strictObject({}),
  output: Travel,
  fails: [],
  limit: "read",
  needs: ["db"],
});

export const start = route({
  at: "PUT /v1/me/travel",
  summary: "Be seen somewhere else, and look from there, for a week; cards say that one is visiting",
  auth: "user",
  input: z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }),
  output: Travel,
  fails: ["profile.incomplete", "location.tooFast", "travel.quotaSpent"],
  limit: "location",
  needs: ["db", "bus", "secrets"],
});

export const end = route({
  at: "DELETE /v1/me/travel",
  summary: "Be seen where one is again",
  auth: "user",
  input: z.strictObject({}),
  output: z.void(),
  status: 204,
  fails: [],
  limit: "location",
  needs: ["db", "bus"],
});
