import * as z from "zod";
import { UserId } from "../ids.ts";
import { MyProfile, Visibility } from "../myProfile.ts";
import { Gender, Intent, ProfileCard } from "../profile.ts";
import { route } from "../route.ts";
import { line, paragraphs } from "../text.ts";
import { DayInput } from "../time.ts";

export const readMine = route({
  at: "GET /v1/me/profile",
  summary: "One's own profile, its state, and what it lacks",
  auth: "user",
  input: z.strictObject({}),
  output: MyProfile,
  fails: [],
  limit: "read",
  // Asked again each time, and answered without a body while nothing changed.
  cache: { maxAgeSec: 0, scope: "private" },
  needs: ["db", "storage"],
});

export const change = route({
  at: "PATCH /v1/me/profile",
  summary: "Change one's profile; fields left out stay as they are",
  auth: "user",
  input: z.strictObject({
    name: line(40).optional(),
    /** Can be set once. */
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

export const read = route({
  at: "GET /v1/profiles/{id}",
  summary: "A profile as the caller may see it",
  auth: "user",
  input: z.strictObject({ id: UserId }),
  output: ProfileCard,
  fails: ["profile.notFound", "profile.incomplete"],
  limit: "read",
  // Asked again each time: a profile must be gone from sight as soon as its owner blocks whoever looks.
  cache: { maxAgeSec: 0, scope: "private" },
  needs: ["db", "storage"],
});
