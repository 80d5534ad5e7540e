import * as z from "zod";

// The largest safe integer has 16 digits.
const DIGITS = /^[0-9]{1,16}$/;

/** A whole number that is sent as text, in a query or a setting. Any text other than decimal digits is an error. */
export function wholeNumberText(min: number, max: number, message = "must be a whole number, in decimal digits") {
  return z.preprocess(
    (value) => (typeof value === "string" && DIGITS.test(value) ? Number(value) : value),
    z.int(message).min(min, `must be at least ${min}`).max(max, `must be at most ${max}`),
  );
}
