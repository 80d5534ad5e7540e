import * as z from "zod";
import { UserId } from "./ids.ts";
import { MyMedia } from "./media.ts";
import { Gender, Intent, Prompt } from "./profile.ts";
import { Day, Time } from "./time.ts";

export const Visibility = z.enum(["visible", "paused"]);
export type Visibility = z.infer<typeof Visibility>;

/** What a profile must have before others are shown it. */
export const Essential = z.enum(["name", "birthDate", "gender", "location", "photo"]);
export type Essential = z.infer<typeof Essential>;

/** One's own profile, with what has not passed moderation, and what it still lacks to be shown to others. */
export const MyProfile = z.object({
  userId: UserId,
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
  /** When the place was told last; the place itself is never answered. */
  locatedAt: Time.nullable(),
  /** Whether others see the words. */
  textState: z.enum(["pending", "visible", "rejected"]),
  /** Whether decks and search show the profile. */
  discoverable: z.boolean(),
  missing: z.array(Essential),
});
export type MyProfile = z.infer<typeof MyProfile>;
