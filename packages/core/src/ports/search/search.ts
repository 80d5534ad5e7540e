import type { UserId } from "@pendo/contract/ids";

/** What of a profile can be searched. Positions are the snapped ones; exact ones never reach an index. */
export interface ProfileDocument {
  readonly userId: UserId;
  readonly name: string;
  readonly bio: string;
  readonly prompts: string;
  readonly interests: readonly string[];
  readonly gender: string;
  readonly birthDate: string;
  readonly intent: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
}

export interface ProfileQuery {
  /** Words to look for in name, bio, prompts and interests; all of them must occur, the last may be a prefix. Empty: no text filter. */
  readonly text: string;
  /** Of these lists any one fits; an empty list filters nothing. Who has no intent fits no list of intents. */
  readonly genders?: readonly string[];
  /** A day, itself excluded. For ages 20 to 30: born after the day 31 years ago, and before the day 20 years ago. */
  readonly bornAfter?: string;
  /** A day, itself included. */
  readonly bornBefore?: string;
  readonly intents?: readonly string[];
  readonly interests?: readonly string[];
  readonly near?: { readonly lat: number; readonly lon: number; readonly radiusKm: number };
  readonly limit: number;
  /** What `next` of the page before said. */
  readonly after?: string;
}

export interface ProfileHits {
  readonly userIds: readonly UserId[];
  readonly next: string | null;
}

/** Full-text search over profiles. Hits are candidates: whoever shows them checks eligibility in SQL. */
export interface Search {
  index(documents: readonly ProfileDocument[]): Promise<void>;
  remove(userIds: readonly UserId[]): Promise<void>;
  find(query: ProfileQuery): Promise<ProfileHits>;
  /** Makes what was indexed findable now; tests and reindexing call it, requests never do. */
  refresh(): Promise<void>;
  ping(): Promise<void>;
}
