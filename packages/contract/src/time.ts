import * as z from "zod";

// The calendar has no year 0, nor has PostgreSQL.
const hasYear = (text: string): boolean => !text.startsWith("0000");

/** A time in a response: RFC 3339 in UTC. */
export const Time = z.iso.datetime().refine(hasYear, "must be in the year 1 or later");
/** A calendar date in a response: YYYY-MM-DD. */
export const Day = z.iso.date().refine(hasYear, "must be in the year 1 or later");

/** A time in a request. Within these years, adding days never leaves the range of JavaScript and PostgreSQL. */
export const TimeInput = z.iso
  .datetime()
  .regex(/^(19[7-9]|[2-9])/, "must be in the years 1970 to 9999")
  .meta({ format: "date-time" });
/** A calendar date that a client sends, such as a birthday. */
export const DayInput = z.iso
  .date()
  .regex(/^(19|20|21)/, "must be in the years 1900 to 2199")
  .meta({ format: "date" });
