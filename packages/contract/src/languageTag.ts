// What RFC 5646 registers outside its own syntax, and Intl refuses: to what UTS #35 (Annex C, "BCP 47 language tag conversion") turns each.
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

// An extended language subtag stands for the language itself: `zh-yue-HK` is `yue-HK`.
const EXTENDED = /^[a-z]{2,3}-([a-z]{3})(?:-[a-z]{3}){0,2}(?=-|$)/;

/** The canonical form of a well-formed language tag (BCP 47); undefined where the text is no such tag. */
export function canonicalTag(text: string): string | undefined {
  const tag = text.toLowerCase();
  const known = GRANDFATHERED.get(tag) ?? (tag.startsWith("x-") ? `und-${tag}` : tag.replace(EXTENDED, "$1"));
  try {
    return Intl.getCanonicalLocales(known)[0];
  } catch {
    // `RangeError`: not a tag. There is no way to ask before.
    return undefined;
  }
}
