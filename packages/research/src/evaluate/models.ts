import { agreement, logistic, type PriorOptions } from "./models/logistic.ts";
import { timesOdds } from "./combine.ts";
import { matchLogistic, personEffects } from "./models/direct.ts";
import { online } from "./models/online.ts";
import { rasch } from "./models/rasch.ts";
import { popularity, popularityAndSelectivity } from "./models/rates.ts";
import { socialRelations } from "./models/socialRelations.ts";
import type { Model } from "./task.ts";

const prior: PriorOptions = { against: "wave", features: "both", ridge: 300 };
const noTaste = { factors: 0, factorRidge: 1 };

/** What the engine has to be better than. */
export const warmBaselines: readonly Model[] = [
  popularity,
  popularityAndSelectivity,
  rasch({ name: "matrix factorization, k = 4", ridge: 1, factors: 4, factorRidge: 1, prior: null }),
  rasch({ name: "matrix factorization, k = 4, + prior", ridge: 1, factors: 4, factorRidge: 1, prior }),
  rasch({ name: "Rasch", ridge: 1, ...noTaste, prior: null }),
  rasch({ name: "Rasch + prior", ridge: 1, ...noTaste, prior }),
];

/** What was tried to be better. Each is a candidate of the choice by nested cross-validation, and a member of the ensemble. */
export function warmCandidates(sweeps: number): readonly Model[] {
  const match = matchLogistic({ against: "all", pairs: true, ridge: 10_000 });
  const shrunk = rasch({ name: "Rasch, shrunk more, + prior", ridge: 0.4, ...noTaste, prior });
  const chain = { sweeps, seed: 11, dyads: true };
  return [
    match,
    online(null),
    online(prior),
    shrunk,
    timesOdds("Rasch, shrunk more, + prior, × odds of the match", shrunk, match),
    socialRelations({ ...chain, name: "social relations", factors: 0, answers: null }),
    socialRelations({ ...chain, name: "social relations + answers", factors: 0, answers: "all" }),
    socialRelations({ ...chain, name: "social relations + answers in the wave", factors: 0, answers: "wave" }),
    heeding(sweeps),
    socialRelations({ ...chain, name: "social relations + answers + taste k = 1", factors: 1, answers: "all" }),
    socialRelations({ ...chain, name: "social relations + answers + taste k = 2", factors: 2, answers: "all" }),
  ];
}

/**
 * The one that the likelihood of the decisions speaks for: unlike what a pair shares, and unlike taste factors, that some heed appeal more than others do foretells
 * decisions which were left out. Three chains, since one alone moves by 0.01 with its seed.
 */
export function heeding(sweeps: number): Model {
  const name = "social relations + answers + heed";
  return socialRelations({ name, factors: 0, answers: "all", dyads: false, heed: true, sweeps, seed: 11, chains: 3 });
}

export const coldBaselines: readonly Model[] = [agreement, logistic({ against: "all", features: "both", ridge: 30 })];

/** The models that are tried for users without history. `sweeps` is the length of each chain: more is slower and varies less. */
export function coldCandidates(sweeps: number): readonly Model[] {
  const chain = { sweeps, seed: 11, dyads: true, factors: 0 };
  return [
    ...(["all", "wave"] as const).flatMap((against) => [
      ...(["person", "pair", "both"] as const).map((features) => logistic({ against, features, ridge: 1000 })),
      ...[1000, 10_000].map((ridge) => matchLogistic({ against, pairs: false, ridge })),
      matchLogistic({ against, pairs: true, ridge: 10_000 }),
      ...[300, 1000].map((ridge) => personEffects({ against, ridge })),
    ]),
    socialRelations({ ...chain, name: "social relations + answers", answers: "all" }),
    socialRelations({ ...chain, name: "social relations + answers in the wave", answers: "wave" }),
  ];
}
