import * as z from "zod";
import { UserId } from "../ids.ts";
import { MyProfile, Visibility } from "../myProfile.ts";
import { Gender, Intent, ProfileCard } from "../profile.ts";
import { route } from "../route.ts";
import { line, paragraphs } from "../text.ts";
import { DayInput } from "../time.ts";

export const getMine = route({
  at: "GET /v1/me/profile",
  summary: "Get your profile, its state and its missing fields",
  auth: "user",
  input: z.strictObject({}),
  output: MyProfile,
  fails: [],
  limit: "read",
  // Clients ask every time. The response has no body if nothing changed.
  cache: { maxAgeSec: 0, scope: "private" },
  needs: ["db", "storage"],
});

export const updateMine = route({
  at: "PATCH /v1/me/profile",
  summary: "Update your profile",
  description: "Fields that you leave out stay as they are.",
  auth: "user",
  input: z.strictObject({
    name: line(40).optional(),
    /** You can set it once. */
    birthDate: DayInput.optional(),
    gender: Gender.optional(),
    intent: Intent.nullable().optional(),
    bio: paragraphs(500).optional(),
    interests: z.array(line(30)).max(10).optional(),
    job: line(60).nullable().optional(),
    school: line(60).nullable().optional(),
    heightCm: z.int().min(90).max(250).nullable().optional(),
    visibility: Visibility.optional(),
  }),
  output: MyProfile,
  fails: ["auth.underage"],
  limit: "write",
  needs: ["db", "bus", "storage"],
});

export const get = route({
  at: "GET /v1/profiles/{userId}",
  summary: "Get a profile as you may see it",
  auth: "user",
  input: z.strictObject({ userId: UserId }),
  output: ProfileCard,
  fails: ["profile.notFound", "profile.incomplete"],
  limit: "read",
  // Clients ask every time: a block must hide the profile at once.
  cache: { maxAgeSec: 0, scope: "private" },
  needs: ["db", "storage"],
});
