import { seeded } from "@pendo/engine/random";
import { combine, combinations, ensemble, stack, type Combination } from "./combine.ts";
import { meanAuc, scoreWave, summarize, type Summary, type WaveScore } from "./metrics.ts";
import { coldBaselines, coldCandidates, warmBaselines, warmCandidates } from "./models.ts";
import type { Nights } from "./night.ts";
import { choiceTask, coldTask, type Forecast, type Model, type Task, warmTask } from "./task.ts";

/** One line of the table: how a model did, its directions combined in one way. */
export interface Line {
  readonly setting: "warm" | "cold";
  readonly kind: "baseline" | "tried" | "together";
  readonly model: string;
  readonly combination: Combination;
  readonly summary: Summary;
}

interface Tried {
  readonly model: Model;
  readonly kind: "baseline" | "tried";
  /** By wave. */
  readonly forecasts: readonly Forecast[];
}

export interface Progress {
  readonly nights: Nights;
  readonly sweeps: number;
  readonly say: (line: string) => void;
}

/** First half of the night to second half, of every model and of what they say together. */
export function warm({ nights, sweeps, say }: Progress): Line[] {
  const tasks = nights.waves.map((wave) => warmTask(nights, wave));
  const models = [
    ...warmBaselines.map((model) => ({ model, kind: "baseline" as const })),
    ...warmCandidates(sweeps).map((model) => ({ model, kind: "tried" as const })),
  ];
  const tried = models.map(({ model, kind }): Tried => {
    say(`warm: ${model.name}`);
    return { model, kind, forecasts: tasks.map((task) => model.forecast(task)) };
  });
  const candidates = tried.filter(({ kind }) => kind === "tried");
  say("warm: choosing, from first halves only");
  const choice = choiceTask(nights);
  const foretold = candidates.map(({ model }) => model.forecast(choice));
  const lines = tried.flatMap((one) => linesOf(nights, "warm", one, tasks));
  const joint = (name: string, forecasts: readonly Forecast[]): Line =>
    lineOf(nights, { setting: "warm", kind: "together", model: name, combination: "joint" }, tasks, forecasts) as Line;
  const stacked = tasks.map((task, at) => {
    const waves = new Set(nights.waves.filter((_, other) => other !== at));
    return stack(
      { task: choice, forecasts: foretold, waves },
      task,
      candidates.map(({ forecasts }) => forecasts[at] as Forecast),
    );
  });
  const chosen = nights.waves.map((wave, at) => {
    const { model, combination } = bestOf(nights, choice, foretold, wave);
    say(`warm: wave ${wave} chooses ${candidates[model]?.model.name}, ${combination}`);
    return scored(tasks[at] as Task, candidates[model]?.forecasts[at] as Forecast, combination);
  });
  const of = (beginnings: readonly string[]): Forecast[] => {
    const members = candidates.filter(({ model }) => beginnings.some((beginning) => model.name.startsWith(beginning)));
    return tasks.map((task, at) =>
      ensemble(
        task,
        members.map(({ forecasts }) => forecasts[at] as Forecast),
      ),
    );
  };
  return [
    ...lines,
    joint("mean of the social relations with answers", of(["social relations +"])),
    joint("mean of those and Rasch", of(["social relations +", "Rasch"])),
    joint("stacked", stacked),
    joint("chosen by nested cross-validation", chosen),
  ];
}

/** Leave one wave out, of every model; the choice is made by folds among the other waves. */
export function cold({ nights, sweeps, say }: Progress): Line[] {
  const tasks = nights.waves.map((wave) => coldTask(nights, new Set([wave])));
  const candidates = coldCandidates(sweeps);
  const models = [
    ...coldBaselines.map((model) => ({ model, kind: "baseline" as const })),
    ...candidates.map((model) => ({ model, kind: "tried" as const })),
  ];
  const tried = models.map(({ model, kind }): Tried => {
    say(`cold: ${model.name}`);
    return { model, kind, forecasts: tasks.map((task) => model.forecast(task)) };
  });
  const lines = tried.flatMap((one) => linesOf(nights, "cold", one, tasks));
  const own = tried.filter(({ kind }) => kind === "tried");
  const averaged = tasks.map((task, at) =>
    ensemble(
      task,
      own.map(({ forecasts }) => forecasts[at] as Forecast),
    ),
  );
  say("cold: choosing, within the other waves");
  // Those that are fast enough to be fitted again for every wave and fold.
  const quick = own.filter(({ model }) => !model.name.startsWith("social relations"));
  const chosen = nights.waves.map((wave, at) =>
    mutualOf(
      tasks[at] as Task,
      quick[
        chooseCold(
          nights,
          wave,
          quick.map(({ model }) => model),
        )
      ]?.forecasts[at] as Forecast,
    ),
  );
  const together = (name: string, forecasts: readonly Forecast[]): Line =>
    lineOf(nights, { setting: "cold", kind: "together", model: name, combination: "joint" }, tasks, forecasts) as Line;
  return [...lines, together("mean of all tried", averaged), together("chosen by nested cross-validation", chosen)];
}

function chooseCold(nights: Nights, wave: number, models: readonly Model[]): number {
  const others = nights.waves.filter((other) => other !== wave);
  const folds = [0, 1, 2].map((fold) => new Set(others.filter((_, at) => at % 3 === fold)));
  const scores = models.map((model) => {
    const waves = folds.flatMap((fold) => {
      const task = coldTask(nights, new Set([...fold, wave]));
      return wavesOf(nights, [...fold], task, mutualOf(task, model.forecast(task)));
    });
    return meanAuc(waves);
  });
  return scores.indexOf(Math.max(...scores));
}

/** Which candidate was the best in all waves but one, and how its directions were combined. */
function bestOf(nights: Nights, choice: Task, foretold: readonly Forecast[], left: number): { model: number; combination: Combination } {
  const others = nights.waves.filter((wave) => wave !== left);
  const options = foretold.flatMap((forecast, model) =>
    combinations
      .filter((combination) => combination !== "one-way" && (combination !== "joint" || forecast.both))
      .map((combination) => {
        const score = meanAuc(wavesOf(nights, others, choice, scored(choice, forecast, combination)));
        return { model, combination, score };
      }),
  );
  return options.reduce((best, option) => (option.score > best.score ? option : best));
}

function scored(task: Task, forecast: Forecast, combination: Combination): Forecast {
  const both = combine(task, forecast, combination) as Float64Array;
  return { yes: both, both };
}

function mutualOf(task: Task, forecast: Forecast): Forecast {
  return scored(task, forecast, forecast.both ? "joint" : "product");
}

function wavesOf(nights: Nights, waves: readonly number[], { asked }: Task, { yes, both }: Forecast): WaveScore[] {
  return waves.map((wave) => scoreWave(nights, wave, asked, both ?? yes));
}

function linesOf(nights: Nights, setting: "warm" | "cold", { model, kind, forecasts }: Tried, tasks: readonly Task[]): Line[] {
  // A model of the match itself has no directions to combine.
  const own = forecasts.every(({ yes, both }) => yes === both) ? (["joint"] as const) : combinations;
  return own.flatMap((combination) => lineOf(nights, { setting, kind, model: model.name, combination }, tasks, forecasts) ?? []);
}

function lineOf(nights: Nights, head: Omit<Line, "summary">, tasks: readonly Task[], forecasts: readonly Forecast[]): Line | null {
  const waves: WaveScore[] = [];
  for (const [at, task] of tasks.entries()) {
    const score = combine(task, forecasts[at] as Forecast, head.combination);
    if (score === null) return null;
    waves.push(scoreWave(nights, nights.waves[at] as number, task.asked, score));
  }
  return { ...head, summary: summarize(waves, seeded(5)) };
}
