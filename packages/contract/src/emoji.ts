import * as z from "zod";

/** Asks for the presentation of a character as an emoji. Keyboards leave it out, or put it where it changes nothing. */
const AS_EMOJI = "\ufe0f";

// Made when they are first asked: V8 reads its whole table of emojis with the literal, which costs as much as this file.
let recommended: RegExp | undefined;
let drawnAsText: RegExp | undefined;

/**
 * An emoji as Unicode recommends it for interchange (UTS #51, "RGI"): `❤` gets its variation selector, `👍` loses one that changes nothing.
 * Undefined where the text is not exactly one emoji.
 */
export function recommendedEmoji(text: string): string | undefined {
  recommended ??= new RegExp(String.raw`^\p{RGI_Emoji}$`, "v");
  // Drawn as text unless the selector follows, or a skin tone that asks for the emoji as well.
  drawnAsText ??= new RegExp(String.raw`[\p{Emoji}--\p{Emoji_Presentation}](?!\p{Emoji_Modifier})`, "gv");
  const full = text.replaceAll(AS_EMOJI, "").replaceAll(drawnAsText, `$&${AS_EMOJI}`);
  return recommended.test(full) ? full : undefined;
}

/** Exactly one emoji, skin tones, families and flags included, in its recommended form. */
export const Emoji = z
  .string()
  .min(1)
  .max(24)
  .refine((text) => recommendedEmoji(text) !== undefined, "must be exactly one emoji")
  .overwrite((text) => recommendedEmoji(text) ?? text);
