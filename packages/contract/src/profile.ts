import * as z from "zod";
import { MediaId, PromptId, UserId } from "./ids.ts";

export const Gender = z.enum(["woman", "man", "nonbinary"]);
export type Gender = z.infer<typeof Gender>;
export const Intent = z.enum(["relationship", "casual", "friendship", "unsure"]);
export type Intent = z.infer<typeof Intent>;

/** The distance to a user. Bands are wide, so that many requests can't reveal a position. */
export const DistanceBand = z.enum(["under5km", "5to10km", "10to25km", "25to50km", "50to100km", "over100km"]);
export type DistanceBand = z.infer<typeof DistanceBand>;

export const Photo = z.object({
  id: MediaId,
  /** A signed address, valid for a few minutes. */
  url: z.string(),
  thumbnailUrl: z.string(),
  width: z.int(),
  height: z.int(),
  /** A tiny preview to show while the picture loads, as a data URL. */
  blur: z.string().nullable(),
});
export type Photo = z.infer<typeof Photo>;

export const Prompt = z.object({ id: PromptId, question: z.string(), answer: z.string() });
export type Prompt = z.infer<typeof Prompt>;

/** A profile as another user sees it: only moderated content, and a distance band instead of a position. */
export const ProfileCard = z.object({
  id: UserId,
  name: z.string(),
  age: z.int(),
  gender: Gender,
  intent: Intent.nullable(),
  bio: z.string(),
  interests: z.array(z.string()),
  job: z.string().nullable(),
  school: z.string().nullable(),
  heightCm: z.int().nullable(),
  prompts: z.array(Prompt),
  photos: z.array(Photo),
  /** Measured between the positions at which the two users are seen. */
  distance: DistanceBand.nullable(),
  /** Whether the user is in travel mode, and so is seen at another place. */
  visiting: z.boolean(),
});
export type ProfileCard = z.infer<typeof ProfileCard>;
