import * as z from "zod";

/** The variation selector for emoji presentation. Keyboards omit it, or add it without need. */
const AS_EMOJI = "\ufe0f";

// Created on first use: V8 reads its whole emoji table for each of them.
let recommended: RegExp | undefined;
let drawnAsText: RegExp | undefined;

/**
 * The form of an emoji that Unicode recommends (UTS #51, "RGI"): `❤` gets its variation selector, `👍` loses it.
 * Undefined if the text is not exactly one emoji.
 */
export function recommendedEmoji(text: string): string | undefined {
  recommended ??= new RegExp(String.raw`^\p{RGI_Emoji}$`, "v");
  // Shown as text, unless the selector or a skin tone follows.
  drawnAsText ??= new RegExp(String.raw`[\p{Emoji}--\p{Emoji_Presentation}](?!\p{Emoji_Modifier})`, "gv");
  const full = text.replaceAll(AS_EMOJI, "").replaceAll(drawnAsText, `$&${AS_EMOJI}`);
  return recommended.test(full) ? full : undefined;
}

/** Exactly one emoji in its recommended form. Skin tones, families and flags count as one. */
export const Emoji = z
  .string()
  .min(1)
  .max(24)
  .refine((text) => recommendedEmoji(text) !== undefined, "must be exactly one emoji")
  .overwrite((text) => recommendedEmoji(text) ?? text);
