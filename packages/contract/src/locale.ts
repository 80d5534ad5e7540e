import * as z from "zod";

/** A language tag (BCP 47), such as `en` or `pt-BR`. */
export const Locale = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$/, "must be a language tag, such as en or pt-BR")
  .meta({ examples: ["en", "pt-BR"] });

/** The name of a time zone in the IANA database, such as `Europe/Lisbon`. */
export const TimeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/, "must be an IANA time zone, such as Europe/Lisbon")
  .refine(isTimeZone, { error: "must be an IANA time zone, such as Europe/Lisbon" })
  .meta({ examples: ["Europe/Lisbon", "UTC"] });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
