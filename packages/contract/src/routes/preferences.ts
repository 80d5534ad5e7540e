import * as z from "zod";
import { Gender, Intent } from "../profile.ts";
import { route } from "../route.ts";

const Preferences = z.object({
  genders: z.array(Gender),
  ageMin: z.int(),
  ageMax: z.int(),
  radiusKm: z.int(),
  /** Empty: any intent. */
  intents: z.array(Intent),
});

export const get = route({
  at: "GET /v1/me/preferences",
  summary: "Get your matching preferences",
  auth: "user",
  input: z.strictObject({}),
  output: Preferences,
  fails: [],
  limit: "read",
  // Clients ask every time. The response has no body if nothing changed.
  cache: { maxAgeSec: 0, scope: "private" },
  needs: ["db"],
});

export const update = route({
  at: "PATCH /v1/me/preferences",
  summary: "Update your matching preferences",
  description: "Fields that you leave out stay as they are.",
  auth: "user",
  input: z.strictObject({
    genders: z.array(Gender).min(1).max(3).optional(),
    ageMin: z.int().min(18).max(120).optional(),
    ageMax: z.int().min(18).max(120).optional(),
    radiusKm: z.int().min(2).max(500).optional(),
    intents: z.array(Intent).max(4).optional(),
  }),
  output: Preferences,
  fails: [],
  limit: "write",
  needs: ["db", "bus"],
});
