import * as z from "zod";
import { MediaId, PromptId } from "./ids.ts";

/** The part of a profile that the comment of a like is about. */
export const LikeOn = z.union([
  z.strictObject({ promptId: PromptId }).meta({ title: "LikeOnPrompt" }),
  z.strictObject({ mediaId: MediaId }).meta({ title: "LikeOnPhoto" }),
]);
export type LikeOn = z.infer<typeof LikeOn>;
