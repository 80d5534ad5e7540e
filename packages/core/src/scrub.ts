const LENGTH_MAX = 300;

// Names of our own code and schema, which V8 and PostgreSQL put between quotes too. They stay: a bug is found by them.
const OURS =
  /\b(reading|setting|constraint|column|relation|table|function|operator|schema|index|parameter|module|package) ["']([A-Za-z_$][\w$./@-]{0,63})["']/g;
const KEPT = /\u0001(.*?)\u0002/g;

// What is whole comes first, so that no later rule leaves a part of it.
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'`<>]+/gi, "<url>"],
  [/"[^]*"/g, "<text>"],
  [/(?<!\w)'[^]*'/g, "<text>"],
  [/`[^]*`/g, "<text>"],
  [/[^\s<>(),;:]+@[^\s<>(),;:]+/g, "<email>"],
  [/=\s*\([^)]*\)?/g, "=<text>"],
  [/\b([\w-]+)=[^\s,;()<>]+/g, "$1=<text>"],
  [/\bBearer\s+\S+/gi, "Bearer <token>"],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, "<id>"],
  [/[A-Za-z0-9_+/.-]{40,}=*/g, "<token>"],
  [/(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{6,}/g, "<id>"],
  [/\d+(?:[.,:\d]*\d)?/g, "<n>"],
  [/[^\u0001\u0002\t\n\r -~]+/g, "<text>"],
];

/**
 * A text from outside, such as the message of an error, without what may belong to a user: addresses, ids, tokens, numbers and all between quotes are
 * replaced by what they were. At most 300 characters, on one line.
 */
export function scrub(text: string): string {
  const head = text.slice(0, 4 * LENGTH_MAX).replaceAll(OURS, "$1 \u0001$2\u0002");
  const scrubbed = RULES.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), head);
  return scrubbed
    .replaceAll(KEPT, '"$1"')
    .replaceAll(/[\u0001\u0002]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, LENGTH_MAX);
}
