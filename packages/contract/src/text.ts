import * as z from "zod";

// No control characters (PostgreSQL refuses NUL), and none that turn the direction of what follows: they make a text look like another.
const LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;
const PARAGRAPHS = /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;

// Spaces, joiners and fillers that show nothing, among them the blank Braille pattern.
const SHOWN = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]/u;

/** Whether a text is nothing at all, or shows something, and holds no half of a character: the database would keep another one than was sent. */
export function isReadable(text: string): boolean {
  return text.isWellFormed() && (text === "" || SHOWN.test(text));
}

export const UNREADABLE = "must show something, in whole characters";

/** Words on one line: trimmed, 1 to `lengthMax` UTF-16 units. */
export function line(lengthMax: number) {
  return z.string().trim().min(1).max(lengthMax).regex(LINE, "must not hold control characters").refine(isReadable, UNREADABLE);
}

/** Words that may have line breaks (`\n`): trimmed, up to `lengthMax` UTF-16 units, or empty. */
export function paragraphs(lengthMax: number) {
  return z
    .string()
    .trim()
    .max(lengthMax)
    .regex(PARAGRAPHS, "must not hold control characters besides line breaks")
    .refine(isReadable, UNREADABLE);
}
