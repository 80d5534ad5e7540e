import * as z from "zod";
import { ianaLinks } from "./ianaLinks.ts";
import { canonicalTag } from "./languageTag.ts";

const NO_TAG = "must be a language tag (BCP 47), such as en or pt-BR";

/** A language tag (BCP 47), such as `en`, `pt-BR` or `ar-EG-u-nu-latn`, in the canonical form of UTS #35. */
export const Locale = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$/, NO_TAG)
  .refine((tag) => canonicalTag(tag) !== undefined, NO_TAG)
  .overwrite((tag) => canonicalTag(tag) ?? tag)
  .meta({ examples: ["en", "pt-BR"] });

const NO_ZONE = "must be an IANA time zone, such as Europe/Lisbon";

/** The name of a time zone in the IANA database, such as `Europe/Lisbon`, as the database spells it. */
export const TimeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/, NO_ZONE)
  .refine((name) => ianaZone(name) !== undefined, NO_ZONE)
  .overwrite((name) => ianaZone(name) ?? name)
  .meta({ examples: ["Europe/Lisbon", "UTC"] });

let zones: ReadonlyMap<string, string> | undefined;

/** Checks a list, because `Intl` also accepts names that only ICU knows, such as `PST` and `SystemV/AST4`. */
function ianaZone(name: string): string | undefined {
  zones ??= new Map([...ianaLinks, ...Intl.supportedValuesOf("timeZone")].map((zone) => [zone.toLowerCase(), zone]));
  return zones.get(name.toLowerCase());
}
