import * as z from "zod";

// The calendar of PostgreSQL, and of people, has no year 0.
const hasYear = (text: string): boolean => !text.startsWith("0000");

/** RFC 3339, in UTC, as answers carry it. */
export const Time = z.iso.datetime().refine(hasYear, "must be in the year 1 or later");
/** A calendar date, YYYY-MM-DD, as answers carry it. */
export const Day = z.iso.date().refine(hasYear, "must be in the year 1 or later");

/** A time that a client sends. Within these years, arithmetic with days never leaves what JavaScript and PostgreSQL can write. */
export const TimeInput = z.iso
  .datetime()
  .regex(/^(19[7-9]|[2-9])/, "must be in the years 1970 to 9999")
  .meta({ format: "date-time" });
/** A calendar date that a client sends, such as a birthday. */
export const DayInput = z.iso
  .date()
  .regex(/^(19|20|21)/, "must be in the years 1900 to 2199")
  .meta({ format: "date" });
