import * as z from "zod";

// No control characters (PostgreSQL refuses NUL). No direction marks: they make a text look like another.
const LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;
const PARAGRAPHS = /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;

// Spaces, joiners, fillers and the blank Braille pattern are invisible. So is a combining mark without its base.
const SHOWN = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{M}\u2800]/u;

// Refuses half a surrogate pair, and U+FFFD, which a gateway writes for bytes that are not UTF-8.
const isWhole = (text: string): boolean => text.isWellFormed() && !text.includes("\ufffd");

/** Whether a text has only whole characters, and is empty or visible. */
export function isReadable(text: string): boolean {
  return isWhole(text) && (text === "" || SHOWN.test(text));
}

export const UNREADABLE = "must show something, in whole characters";

/** Text on one line: in composed characters (NFC), trimmed, 1 to `lengthMax` UTF-16 units. */
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

/** Text with line breaks (`\n`): in composed characters (NFC), trimmed, 0 to `lengthMax` UTF-16 units. */
export function paragraphs(lengthMax: number) {
  return z
    .string()
    .normalize("NFC")
    .trim()
    .max(lengthMax)
    .regex(PARAGRAPHS, "must not hold control characters besides line breaks")
    .refine(isReadable, UNREADABLE);
}
