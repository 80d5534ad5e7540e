import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { Gender, Intent } from "@pendo/contract/profile";

/** A user with a complete profile, as the engine reads it from SQL. */
export interface PersonRow {
  readonly userId: UserId;
  readonly birthDate: string;
  readonly gender: Gender;
  readonly intent: Intent | null;
  readonly interests: readonly string[];
  readonly lat: number;
  readonly lon: number;
  /** The place of travel mode; null where the user does not travel. */
  readonly travelLat: number | null;
  readonly travelLon: number | null;
  readonly genders: readonly Gender[];
  readonly ageMin: number;
  readonly ageMax: number;
  readonly radiusKm: number;
  readonly intents: readonly Intent[];
  /** Whether other users may see this user. */
  readonly shown: boolean;
  readonly createdAt: Date;
  readonly lastActiveAt: Date;
  /** Whether a boost runs. */
  readonly boosted: boolean;
}

/** The swipe of one user on another; null where there is none any more. `answered` means a first reply to a message. */
export interface AnswerRow {
  readonly swiperId: UserId;
  readonly targetId: UserId;
  readonly action: SwipeAction | "answered" | null;
  readonly at: Date | null;
}
