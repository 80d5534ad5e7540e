import * as z from "zod";
import { MediaId, PromptId, UserId } from "./ids.ts";

export const Gender = z.enum(["woman", "man", "nonbinary"]);
export type Gender = z.infer<typeof Gender>;
export const Intent = z.enum(["relationship", "casual", "friendship", "unsure"]);
export type Intent = z.infer<typeof Intent>;

/** How far somebody is, in bands wide enough that no series of answers tells where. */
export const DistanceBand = z.enum(["under5km", "5to10km", "10to25km", "25to50km", "50to100km", "over100km"]);
export type DistanceBand = z.infer<typeof DistanceBand>;

export const Photo = z.object({
  id: MediaId,
  /** Signed; readable for a few minutes. */
  url: z.string(),
  thumbnailUrl: z.string(),
  width: z.int(),
  height: z.int(),
  /** A tiny preview to show while the picture loads: a data URL. */
  blur: z.string().nullable(),
});
export type Photo = z.infer<typeof Photo>;

export const Prompt = z.object({ id: PromptId, question: z.string(), answer: z.string() });
export type Prompt = z.infer<typeof Prompt>;

/** A profile as somebody else sees it: only what passed moderation, and no place but a distance band. */
export const ProfileCard = z.object({
  userId: UserId,
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
  /** From where one is seen oneself to where they are seen. */
  distance: DistanceBand.nullable(),
  /** Whether they travel: they are seen where they chose to be, and not where they are. */
  visiting: z.boolean(),
});
export type ProfileCard = z.infer<typeof ProfileCard>;
