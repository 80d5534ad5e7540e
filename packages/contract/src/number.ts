import * as z from "zod";

// As many digits as the largest safe integer has.
const DIGITS = /^[0-9]{1,16}$/;

/** A whole number that travels as text, in a query or a setting: decimal digits and nothing else, or `message` says what it must be. */
export function wholeNumberText(min: number, max: number, message = "must be a whole number, in decimal digits") {
  return z.preprocess(
    (value) => (typeof value === "string" && DIGITS.test(value) ? Number(value) : value),
    z.int(message).min(min, `must be at least ${min}`).max(max, `must be at most ${max}`),
  );
}
