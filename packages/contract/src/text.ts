import { z } from "zod";

// No control characters (PostgreSQL refuses NUL), and none that turn the direction of what follows: they make a text look like another.
const LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;
const PARAGRAPHS = /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;

/** Words on one line: trimmed, 1 to `lengthMax` UTF-16 units. */
export function line(lengthMax: number) {
  return z.string().trim().min(1).max(lengthMax).regex(LINE, "must not hold control characters");
}

/** Words that may have line breaks (`\n`): trimmed, up to `lengthMax` UTF-16 units, or empty. */
export function paragraphs(lengthMax: number) {
  return z.string().trim().max(lengthMax).regex(PARAGRAPHS, "must not hold control characters besides line breaks");
}
