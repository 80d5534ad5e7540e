import type { Draft } from "../draft.ts";
import type { Evaluated } from "../evaluated.ts";
import { data } from "./dataPlants.ts";
import { network } from "./networkPlants.ts";
import { work } from "./workPlants.ts";

type Stage = "production" | "staging" | "pr-42" | "local.dev";

/** A mistake put into a stage on purpose, that a policy must find. */
export interface Plant {
  readonly policy: string;
  readonly how: string;
  readonly stage: Stage;
  readonly plant: (draft: Draft & Evaluated) => Evaluated;
  /** What is blamed for it; a star stands for any rest of a name. */
  readonly blames: string;
}

/** One way to break a policy; in production, unless told. */
export type Way = readonly [how: string, blames: string, plant: Plant["plant"], stage?: Stage];

export const plants: readonly Plant[] = Object.entries({ ...network, ...work, ...data }).flatMap(([policy, all]) =>
  all.map(([how, blames, plant, stage = "production"]) => ({ policy, how, blames, plant, stage })),
);
