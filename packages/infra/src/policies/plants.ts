import { data } from "./dataPlants.ts";
import { network } from "./networkPlants.ts";
import type { Plant } from "./plant.ts";
import { work } from "./workPlants.ts";

export const plants: readonly Plant[] = Object.entries({ ...network, ...work, ...data }).flatMap(([policy, all]) =>
  all.map(([how, blames, plant, stage = "production"]) => ({ policy, how, blames, plant, stage })),
);
