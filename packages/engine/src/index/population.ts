import type { UserId } from "@pendo/contract/ids";
import type { Gender, Intent } from "@pendo/contract/profile";

/** How many components each of a person's two vectors has. */
export const DIMENSIONS = 32;

/** A place in degrees, already snapped: the engine never sees an exact one. */
export interface SnappedPosition {
  readonly lat: number;
  readonly lon: number;
}

export interface Wants {
  /** Any of them; at least one. */
  readonly genders: readonly Gender[];
  /** Years, both included: from the birthday on which ageMin is reached to the day before turning ageMax + 1. */
  readonly ageMin: number;
  readonly ageMax: number;
  readonly radiusKm: number;
  /** Empty: any intent, and none. */
  readonly intents: readonly Intent[];
  /** Facts of which none may be true of the other (a mask over the bits of `facts`). */
  readonly dealbreakers: number;
}

/**
 * What learning says about a person, and all that the ranking knows of anybody. The chance that a says yes to b is
 *
 *     σ(a.likes · b.is + a.actorBias + b.targetBias)
 *
 * and a's deck is ordered by b.price × the chance that a says yes to b × the chance that b says yes to a.
 */
export interface Traits {
  /** What the person likes, 32 components. Stored as int8 with a scale of its own per row. */
  readonly likes: Float32Array;
  /** What the person is, 32 components, likewise. */
  readonly is: Float32Array;
  /** How readily the person says yes: −16 to 16, kept in steps of 1/2048. */
  readonly actorBias: number;
  /** How readily others say yes to the person: −16 to 16, kept in steps of 1/2048. */
  readonly targetBias: number;
  /** The multiplier against congestion: above 0 to 1e6; 1 changes nothing. */
  readonly price: number;
}

export type Visibility = "visible" | "paused" | "hidden";

/** Everything that decides whom somebody may meet. Positions are snapped ones. */
export interface Person {
  readonly userId: UserId;
  /** Days since 1900-01-01 (`dayOf` in eligibility/age.ts). */
  readonly birthDay: number;
  readonly gender: Gender;
  readonly intent: Intent | null;
  /** What is true of the person, as a mask of 16 bits whose meaning the host chooses: smokes, has children … Never race, religion or ethnicity. */
  readonly facts: number;
  readonly wants: Wants;
  readonly home: SnappedPosition;
  /** Where the person looks and is shown instead of at home, while travelling. */
  readonly travel: SnappedPosition | null;
  /** Whoever paused, or is held back by moderation, is shown to nobody, and may look all the same. */
  readonly visibility: Visibility;
}
