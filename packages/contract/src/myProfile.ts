import * as z from "zod";
import { UserId } from "./ids.ts";
import { MyMedia } from "./media.ts";
import { Gender, Intent, Prompt } from "./profile.ts";
import { Day, Time } from "./time.ts";

export const Visibility = z.enum(["visible", "paused"]);
export type Visibility = z.infer<typeof Visibility>;

/** The fields that a profile needs before other users see it. */
export const Essential = z.enum(["name", "birthDate", "gender", "location", "photo"]);
export type Essential = z.infer<typeof Essential>;

/** Your profile, with content that has not passed moderation, and the fields that it still lacks. */
export const MyProfile = z.object({
  id: UserId,
  name: z.string().nullable(),
  birthDate: Day.nullable(),
  gender: Gender.nullable(),
  intent: Intent.nullable(),
  bio: z.string(),
  interests: z.array(z.string()),
  job: z.string().nullable(),
  school: z.string().nullable(),
  heightCm: z.int().nullable(),
  visibility: Visibility,
  prompts: z.array(Prompt),
  photos: z.array(MyMedia),
  /** The time of the last location update. The location itself is never returned. */
  locatedAt: Time.nullable(),
  /** Whether other users see the texts of the profile. */
  textState: z.enum(["pending", "visible", "rejected"]),
  /** Whether decks and search may show the profile. */
  discoverable: z.boolean(),
  missing: z.array(Essential),
});
export type MyProfile = z.infer<typeof MyProfile>;
