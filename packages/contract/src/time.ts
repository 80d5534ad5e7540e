import * as z from "zod";

// The calendar of PostgreSQL, and of people, has no year 0.
const hasYear = (text: string): boolean => !text.startsWith("0000");

/** RFC 3339, in UTC, as answers carry it. */
export const Time = z.iso.datetime().refine(hasYear, "must be in the year 1 or later");
/** A calendar date, such as a birthday: YYYY-MM-DD. */
export const Day = z.iso.date().refine(hasYear, "must be in the year 1 or later");
