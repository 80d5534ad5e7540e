import * as z from "zod";

// No control characters (PostgreSQL refuses NUL), and none that turn the direction of what follows: they make a text look like another.
const LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;
const PARAGRAPHS = /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;

// Spaces, joiners and fillers show nothing, the blank Braille pattern among them; a combining mark shows nothing without its base.
const SHOWN = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{M}\u2800]/u;

// Half a character, which the database would replace; and U+FFFD, with which a gateway has replaced bytes that were not UTF-8.
const isWhole = (text: string): boolean => text.isWellFormed() && !text.includes("\ufffd");

/** Whether a text is empty or shows something, and all of its characters are whole. */
export function isReadable(text: string): boolean {
  return isWhole(text) && (text === "" || SHOWN.test(text));
}

export const UNREADABLE = "must show something, in whole characters";

/** Words on one line: in composed characters (NFC), trimmed, 1 to `lengthMax` UTF-16 units. */
export function line(lengthMax: number) {
  return z
    .string()
    .normalize("NFC")
    .trim()
    .min(1)
    .max(lengthMax)
    .regex(LINE, "must not hold control characters")
    .refine(isReadable, UNREADABLE);
}

/** Words that may have line breaks (`\n`): in composed characters (NFC), trimmed, up to `lengthMax` UTF-16 units, or empty. */
export function paragraphs(lengthMax: number) {
  return z
    .string()
    .normalize("NFC")
    .trim()
    .max(lengthMax)
    .regex(PARAGRAPHS, "must not hold control characters besides line breaks")
    .refine(isReadable, UNREADABLE);
}
