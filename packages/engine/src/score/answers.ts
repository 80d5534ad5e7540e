import type { Intent } from "@pendo/contract/profile";

/** What the ranking may know of a profile before anybody swiped: this, and nothing else. */
export interface Answers {
  readonly ageYears: number;
  readonly intent: Intent | null;
  readonly interests: readonly string[];
}

/** The names of all that the ranking reads. An answer that is not named here, or a name that is no answer, does not compile. */
export const ranked = Object.keys({ ageYears: true, intent: true, interests: true } satisfies Record<keyof Answers, true>);

/**
 * What never takes part in a ranking, under whatever name it might come. Where somebody lives and which sexes want each other decide who is eligible, and
 * not how high they rank.
 */
export const neverRanked = [
  "race",
  "raceId",
  "ethnicity",
  "ethnicGroup",
  "religion",
  "faith",
  "caste",
  "nationality",
  "origin",
  "skinColour",
  "firstLanguage",
  "name",
  "photo",
] as const;

/** The answers, unless one of them is named like something that is never ranked: then nothing fits, and whatever scores does not compile. */
export type Rankable<T> = Extract<keyof T, (typeof neverRanked)[number]> extends never ? T : never;
