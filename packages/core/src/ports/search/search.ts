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
  readonly genders?: readonly string[];
  readonly bornAfter?: string;
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
