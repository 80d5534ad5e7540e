import { seeded } from "@pendo/engine/random";
import { combine } from "./combine.ts";
import { mean, meanAuc, scoreWave, summarize, type Summary, type WaveScore } from "./metrics.ts";
import { heeding } from "./models.ts";
import type { Nights } from "./night.ts";
import { rasch } from "./models/rasch.ts";
import { socialRelations } from "./models/socialRelations.ts";
import { withTruth } from "./synthetic.ts";
import { foldTasks, meetingAt, warmTask, type Model } from "./task.ts";

export interface Reached {
  readonly auc: number;
  readonly ndcg: number;
  /** How far the AUC of one set of evenings lies from that of another: the standard deviation. */
  readonly deviation: number;
}

export interface Limit {
  /** Who knew everybody's readiness, appeal and taste, and only not what luck adds. */
  readonly oracle: Reached;
  readonly models: Readonly<Record<string, Reached>>;
}

/**
 * What can be reached at all, where the truth is known: evenings of these sizes are drawn from the hierarchical model itself, in which people differ as much as in
 * the real ones, and foretold from their first half. A model of the right form has no other handicap there than having seen half an evening.
 */
export function limit({ sizes, seeds, sweeps }: { sizes: readonly number[]; seeds: number; sweeps: number }): Limit {
  const chain = { sweeps, seed: 11, dyads: true, answers: "all" } as const;
  const models: readonly Model[] = [
    rasch({ name: "Rasch", ridge: 0.4, factors: 0, factorRidge: 1, prior: null }),
    socialRelations({ ...chain, name: "social relations + answers + taste k = 1", factors: 1 }),
  ];
  const oracle: WaveScore[][] = [];
  const reached = models.map((): WaveScore[][] => []);
  for (let seed = 0; seed < seeds; seed++) {
    const { nights, chances } = withTruth({ sizes, seed: 100 + seed });
    const tasks = nights.waves.map((wave) => warmTask(nights, wave));
    const truth = chances.map((chance, index) => chance * (chances[meetingAt(nights, index).back] as number));
    oracle.push(tasks.map((task, at) => scoreWave(nights, nights.waves[at] as number, task.asked, truth)));
    for (const [which, model] of models.entries()) {
      reached[which]?.push(
        tasks.map((task, at) => {
          const forecast = model.forecast(task);
          return scoreWave(
            nights,
            nights.waves[at] as number,
            task.asked,
            combine(task, forecast, forecast.both ? "joint" : "harmonic") as Float64Array,
          );
        }),
      );
    }
  }
  return { oracle: over(oracle), models: Object.fromEntries(models.map(({ name }, which) => [name, over(reached[which] ?? [])])) };
}

/**
 * What more to see would give, on the nights themselves: of each pair the model knows nearly all other decisions of the night, before and after. Judged on all pairs,
 * and on those alone that the warm table asks about.
 */
export function nightKnown(nights: Nights, sweeps: number): Record<string, Record<"all" | "asked", Pick<Summary, "auc" | "aucRange">>> {
  const tasks = foldTasks(nights, 8, seeded(7));
  const everything = tasks.flatMap((task) => task.asked);
  const asked = nights.waves.flatMap((wave) => warmTask(nights, wave).asked);
  const models = [rasch({ name: "Rasch", ridge: 0.4, factors: 0, factorRidge: 1, prior: null }), heeding(sweeps)];
  return Object.fromEntries(
    models.map((model) => {
      const score = new Float64Array(nights.meetings.length);
      for (const task of tasks) {
        const forecast = model.forecast(task);
        const said = combine(task, forecast, forecast.both ? "joint" : "harmonic") as Float64Array;
        for (const index of task.asked) score[index] = said[index] as number;
      }
      const of = (which: readonly number[]): Summary =>
        summarize(
          nights.waves.map((wave) => scoreWave(nights, wave, which, score)),
          seeded(5),
        );
      return [model.name, { all: of(everything), asked: of(asked) }];
    }),
  );
}

function over(sets: readonly (readonly WaveScore[])[]): Reached {
  const aucs = sets.map((waves) => meanAuc(waves));
  const center = mean(aucs);
  const ndcg = mean(sets.map((waves) => summarize(waves, () => 0, 1).ndcg));
  return { auc: center, ndcg, deviation: Math.sqrt(mean(aucs.map((auc) => (auc - center) ** 2))) };
}
