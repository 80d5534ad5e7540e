import * as z from "zod";
import { MediaId, PromptId } from "./ids.ts";

/** What of a profile a like's comment is about. */
export const LikeOn = z.union([z.strictObject({ promptId: PromptId }), z.strictObject({ mediaId: MediaId })]);
export type LikeOn = z.infer<typeof LikeOn>;
