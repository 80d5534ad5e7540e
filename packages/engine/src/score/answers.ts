import type { Intent } from "@pendo/contract/profile";

/** What the ranking may know of a profile before anybody swiped: this, and nothing else. */
export interface Answers {
  readonly ageYears: number;
  readonly intent: Intent | null;
  readonly interests: readonly string[];
}

/** The names of all that the ranking reads. */
export const ranked = ["ageYears", "intent", "interests"] as const satisfies readonly (keyof Answers)[];

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

type Never<T extends never> = T;
/** Does not compile when an answer is named like something that is never ranked, or when an answer is not in the list of what is read. */
export type Proof = [Never<Extract<keyof Answers, (typeof neverRanked)[number]>>, Never<Exclude<keyof Answers, (typeof ranked)[number]>>];
