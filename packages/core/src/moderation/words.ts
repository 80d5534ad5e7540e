import { assignIncrementingIds, collapseDuplicatesTransformer, pattern, RegExpMatcher, toAsciiLowerCaseTransformer } from "obscenity";

// `|` is the border of a word, `[x]` an optional letter, `?` any. Letters that repeat are one here, save for those in `doubled`.
const doubled = new Map(["b", "e", "g", "l", "o", "s"].map((letter) => [letter, 2] as const));

/** Words that insult whole groups of people, and nothing else. Words that such groups use of themselves are left to people. */
export const slurs = matcher(
  [
    pattern`n[i]gger`,
    pattern`n[i]gga`,
    pattern`|nigs|`,
    pattern`|fag|`,
    pattern`|fags|`,
    pattern`fagg[o]t`,
    pattern`|fagot|`,
    pattern`|fagots|`,
    pattern`|kike|`,
    pattern`|kikes|`,
    pattern`|chink|`,
    pattern`|chinks|`,
    pattern`chingchong`,
    pattern`ching chong`,
    pattern`|spic|`,
    pattern`|spics|`,
    pattern`|trany|`,
    pattern`|tranies|`,
    pattern`retard`,
    pattern`|paki|`,
    pattern`|pakis|`,
    pattern`|gook|`,
    pattern`|gooks|`,
    pattern`wetback`,
    pattern`towelhead`,
    pattern`raghead`,
    pattern`|beaner`,
    pattern`africoon`,
    pattern`|kanake|`,
    pattern`|kanaken|`,
    pattern`|untermensch`,
  ],
  ["snigger", "chink in", "chinks in", "retardant", "retardado de", "fagott"],
);

/** What two adults may say to each other, but not to everybody who opens a profile. */
export const explicitWords = matcher(
  [
    pattern`bl[l]owjob`,
    pattern`blow job`,
    pattern`h[?]ndjob`,
    pattern`hand job`,
    pattern`deepthroat`,
    pattern`|dildo`,
    pattern`fellatio`,
    pattern`gangbang`,
    pattern`jerk[ ]off`,
    pattern`|jiz|`,
    pattern`|cunt|`,
    pattern`|cunts|`,
    pattern`|slut|`,
    pattern`|sluts|`,
    pattern`|whore|`,
    pattern`|whores|`,
    pattern`|cock|`,
    pattern`|cocks|`,
    pattern`|pussy|`,
    pattern`|pussies|`,
    pattern`|penis|`,
    pattern`|butplug`,
    pattern`doggystyle`,
    pattern`|tits|`,
    pattern`|tities|`,
    pattern`|cumshot`,
    pattern`|cumslut`,
    pattern`|creampie`,
    pattern`dick[ ]pic`,
    pattern`|my dick|`,
    pattern`|porn|`,
    pattern`|nudes|`,
    pattern`|horny|`,
    pattern`suck my`,
    pattern`|fuck me|`,
    pattern`|to fuck|`,
    pattern`wana fuck`,
    pattern`|send nude`,
  ],
  ["pussy willow", "pussy cat", "pussycat", "pussy riot", "cock a doodle", "cock-a-", "cock and bull", "blue tits", "great tits"],
);

/** The words as they are found in folded text. */
function matcher(patterns: readonly ReturnType<typeof pattern>[], innocent: string[]): (folded: string) => boolean {
  const found = new RegExpMatcher({
    blacklistedTerms: assignIncrementingIds([...patterns]),
    whitelistedTerms: innocent,
    blacklistMatcherTransformers: [
      toAsciiLowerCaseTransformer(),
      collapseDuplicatesTransformer({ defaultThreshold: 1, customThresholds: doubled }),
    ],
    whitelistMatcherTransformers: [toAsciiLowerCaseTransformer()],
  });
  return (folded) => found.hasMatch(folded);
}
