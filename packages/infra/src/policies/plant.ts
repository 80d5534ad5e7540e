import type { Draft } from "../draft.ts";
import type { Evaluated } from "../evaluated.ts";

type Stage = "production" | "staging" | "pr-42" | "local.dev";

/** A mistake put into a stage on purpose, that a policy must find. */
export interface Plant {
  readonly policy: string;
  readonly how: string;
  readonly stage: Stage;
  readonly plant: (draft: Draft & Evaluated) => Evaluated;
  /** The resource that the policy blames; a star stands for any rest of a name. */
  readonly blames: string;
}

/** One way to break a policy; in production, unless the stage is named. */
export type Way = readonly [how: string, blames: string, plant: Plant["plant"], stage?: Stage];
