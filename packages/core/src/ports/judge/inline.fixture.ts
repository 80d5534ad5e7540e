import { judgeText } from "../../moderation/textRules.ts";
import type { Judge } from "./judge.ts";

/** Judges on the caller's own event loop, at once: what a test needs that is not about threads. */
export function inlineJudge(): Judge {
  return { verdicts: async (texts, place) => texts.map((text) => judgeText(text, place)) };
}
