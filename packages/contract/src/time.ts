import { z } from "zod";

/** RFC 3339, in UTC, as answers carry it. */
export const Time = z.iso.datetime();
/** A calendar date, such as a birthday: YYYY-MM-DD. */
export const Day = z.iso.date();
