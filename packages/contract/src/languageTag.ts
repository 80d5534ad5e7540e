// Tags that RFC 5646 registers outside its syntax, and Intl refuses. UTS #35 (Annex C) defines the replacements.
const GRANDFATHERED: ReadonlyMap<string, string> = new Map([
  ["art-lojban", "jbo"],
  ["cel-gaulish", "xtg-x-cel-gaulish"],
  ["en-gb-oed", "en-GB-oxendict"],
  ["i-ami", "ami"],
  ["i-bnn", "bnn"],
  ["i-default", "en-x-i-default"],
  ["i-enochian", "und-x-i-enochian"],
  ["i-hak", "hak"],
  ["i-klingon", "tlh"],
  ["i-lux", "lb"],
  ["i-mingo", "see-x-i-mingo"],
  ["i-navajo", "nv"],
  ["i-pwn", "pwn"],
  ["i-tao", "tao"],
  ["i-tay", "tay"],
  ["i-tsu", "tsu"],
  ["no-bok", "nb"],
  ["no-nyn", "nn"],
  ["sgn-be-fr", "sfb"],
  ["sgn-be-nl", "vgt"],
  ["sgn-ch-de", "sgg"],
  ["zh-guoyu", "cmn"],
  ["zh-hakka", "hak"],
  ["zh-min", "nan-x-zh-min"],
  ["zh-min-nan", "nan"],
  ["zh-xiang", "hsn"],
]);

// An extended language subtag replaces the language: `zh-yue-HK` becomes `yue-HK`.
const EXTENDED = /^[a-z]{2,3}-([a-z]{3})(?:-[a-z]{3}){0,2}(?=-|$)/;

// `langtag` of RFC 5646, section 2.1, in lower case.
const WELL_FORMED =
  /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[\da-wyz](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?$/;

/**
 * The canonical form of a well-formed language tag (BCP 47); undefined for any other text.
 * A well-formed tag that is not valid (a repeated variant, for example) is cut to its longest valid beginning.
 */
export function canonicalTag(text: string): string | undefined {
  const tag = text.toLowerCase();
  const known = GRANDFATHERED.get(tag) ?? (tag.startsWith("x-") ? `und-${tag}` : tag.replace(EXTENDED, "$1"));
  const canonical = canonicalOf(known);
  if (canonical !== undefined || !WELL_FORMED.test(known)) return canonical;
  for (let end = known.lastIndexOf("-"); end > 0; end = known.lastIndexOf("-", end - 1)) {
    const beginning = canonicalOf(known.slice(0, end));
    if (beginning !== undefined) return beginning;
  }
  return "und";
}

function canonicalOf(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    // `RangeError`: not a valid tag. Intl has no function that checks a tag first.
    return undefined;
  }
}
