import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { machine, table } from "@pendo/scripts/bench/report";
import { wholeNumber } from "@pendo/scripts/terminal/arguments";
import { ArgumentError, commandLine } from "../../../scripts/commandLine.mjs";
import { chart } from "./evaluate/chart.ts";
import { runCrowded } from "./evaluate/crowded.ts";
import { runDailyPairs } from "./evaluate/dailyPairs.ts";
import { limit, nightKnown } from "./evaluate/limit.ts";
import { type Nights, readNights } from "./evaluate/night.ts";
import { configurations, reaches, runPublished } from "./evaluate/published.ts";
import { cold, type Line, warm } from "./evaluate/speedDating.ts";
import { syntheticNights } from "./evaluate/synthetic.ts";
import { type Course, type Measure, policies, runTown } from "./evaluate/towns.ts";

/** The parts of the evaluation. The first are of the file, or of simulated evenings without one; the others are run by `--synthetic`, and without a file. */
const parts = { data: ["warm", "cold", "limit"], synthetic: ["published", "crowded", "towns", "pairs"] } as const;

const options = {
  data: { type: "string", value: "FILE", says: "the speed-dating file; without it, simulated evenings" },
  synthetic: { type: "boolean", default: false, says: "runs the simulated markets too, although there is a file" },
  only: { type: "string", value: "PART", says: "one part: warm, cold, limit, published, crowded, towns or pairs" },
  sweeps: { type: "string", value: "N", default: "500", says: "draws of each chain of the hierarchical models" },
  seeds: { type: "string", value: "N", default: "20", says: "seeds of each published market" },
  fairness: { type: "string", value: "X", default: "1.5", says: "the weight of fairness in the published markets" },
  crowd: { type: "string", value: "N", default: "2000", says: "users on each side of the skewed market" },
  "per-side": { type: "string", value: "N", default: "1000000", says: "users on each side of the daily pairs" },
  weeks: { type: "string", value: "N", default: "8", says: "simulated weeks of each town" },
  towns: { type: "string", value: "N", default: "3", says: "simulated towns" },
  plots: { type: "string", value: "DIRECTORY", says: "where the plots go (docs/engine)" },
} as const;
const about = "Evaluates matching quality, on the speed-dating file or on simulated evenings, markets and towns.";
const examples = ["npm run engine:evaluate -- --only towns --weeks 2"];
const asked = commandLine({ name: "engine:evaluate", about, options, examples }, (values) => {
  const all: readonly string[] = [...parts.data, ...parts.synthetic];
  const { only } = values;
  if (only !== undefined && !all.includes(only)) throw new ArgumentError(`--only must be one of ${all.join(", ")}, not "${only}".`);
  const fairness = Number(values.fairness);
  if (!(fairness >= 0)) throw new ArgumentError(`--fairness must be a number from 0, not "${values.fairness}".`);
  return {
    nights: values.data === undefined ? undefined : nightsIn(values.data),
    parts: new Set(
      only === undefined ? [...parts.data, ...(values.synthetic || values.data === undefined ? parts.synthetic : [])] : [only],
    ),
    sweeps: wholeNumber("sweeps", values.sweeps, 10, 100_000),
    seeds: wholeNumber("seeds", values.seeds, 1, 1_000),
    fairness,
    crowd: wholeNumber("crowd", values.crowd, 10, 20_000),
    perSide: wholeNumber("per-side", values["per-side"], 10, 2_000_000),
    weeks: wholeNumber("weeks", values.weeks, 1, 100),
    towns: wholeNumber("towns", values.towns, 1, 100),
    plots: values.plots ?? resolve(import.meta.dirname, "../../../docs/engine"),
  };
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);
const fixed = (value: number, digits = 3): string => value.toFixed(digits);

say(machine());
if (parts.data.some((part) => asked.parts.has(part))) {
  const nights = asked.nights ?? syntheticNights({ sizes: Array.from({ length: 8 }, () => 12), seed: 1 });
  const progress = { nights, sweeps: asked.sweeps, say: note };
  say(
    `${asked.nights === undefined ? "simulated evenings: " : ""}${nights.waves.length} waves, ${nights.guests.length} guests, ${nights.meetings.length} decisions`,
  );
  if (asked.parts.has("warm")) say(`\n${linesTable(warm(progress))}`);
  if (asked.parts.has("cold")) say(`\n${linesTable(cold(progress))}`);
  if (asked.parts.has("limit")) limits(nights);
}
if (asked.parts.has("published")) published();
if (asked.parts.has("crowded")) crowded();
if (asked.parts.has("towns")) towns();
if (asked.parts.has("pairs")) dailyPairs();

/** The evenings of a file. */
function nightsIn(path: string): Nights {
  try {
    return readNights(readFileSync(path, "utf8"));
  } catch (error) {
    throw new ArgumentError(`--data ${path} can't be read: ${(error as Error).message}.`, { cause: error });
  }
}

function linesTable(lines: readonly Line[]): string {
  const range = ([from, to]: readonly [number, number]): string => `${fixed(from)}–${fixed(to)}`;
  return table(
    ["setting", "", "model", "directions", "AUC", "95 %", "NDCG@5", "95 %"],
    lines.map(({ setting, kind, model, combination, summary: { auc, aucRange, ndcg, ndcgRange } }) => [
      setting,
      kind,
      model,
      combination,
      fixed(auc),
      range(aucRange),
      fixed(ndcg),
      range(ndcgRange),
    ]),
  );
}

/** Simulated evenings of the sizes of the real ones, and the real ones with nearly all of the night known. */
function limits(nights: Nights): void {
  const { meetings, waves } = nights;
  const sizes = waves.map((wave) => Math.round(Math.sqrt(meetings.filter((meeting) => meeting.wave === wave).length / 2)));
  const seeds = 6;
  const { oracle, models } = limit({ sizes, seeds, sweeps: Math.ceil(asked.sweeps / 2) });
  const rows = Object.entries({ "the truth itself": oracle, ...models }).map(([name, { auc, ndcg, deviation }]) => [
    name,
    `${fixed(auc)} ± ${fixed(deviation)}`,
    fixed(ndcg),
  ]);
  say(
    `\n${table([`simulated evenings of the same sizes, ${seeds} times`, "AUC, and how far one time lies from another", "NDCG@5"], rows)}`,
  );
  const told = Object.entries(nightKnown(nights, asked.sweeps)).map(([name, { all, asked }]) => [
    name,
    ...[all, asked].flatMap(({ auc, aucRange: [from, to] }) => [fixed(auc), `${fixed(from)}–${fixed(to)}`]),
  ]);
  say(`\n${table(["seven eighths of all pairs known", "AUC, all pairs", "95 %", "AUC, pairs of the second half", "95 %"], told)}`);
}

function published(): void {
  const { seeds, fairness } = asked;
  const rows = configurations.map((configuration) => {
    const { receivers, tastes, crowding, attention, published: told } = configuration;
    const { oneWay, reciprocal, most, fair } = runPublished(configuration, { seeds, fairness });
    note(`published: ${receivers} ${tastes} ${crowding} ${attention}: ${fixed(most.matches, 1)}, ${fixed(fair.matches, 1)}`);
    return [
      `${1.5 * receivers} × ${receivers}, ${tastes}, λ = ${crowding}, ${attention}`,
      `${fixed(oneWay, 1)} (${told[0]})`,
      `${fixed(reciprocal, 1)} (${told[1]})`,
      String(told[2]),
      ...[most, fair].flatMap((one) => [
        `${fixed(one.matches, 1)} ± ${fixed(one.standardError, 1)}`,
        fixed(one.receiverGini, 3),
        reaches(configuration, one) ? "yes" : "no",
        fixed(one.cpuSec, 1),
      ]),
    ];
  });
  const columns = (what: string): string[] => [what, "Gini", "reached", "CPU s"];
  say(
    `\n${table(["configuration", "one-way (published)", "reciprocal (published)", "their optimum", ...columns(`ours, ${seeds} seeds`), ...columns(`fairness ${fairness}`)], rows)}`,
  );
}

function crowded(): void {
  const { people, inDegreeGini, topHundredth, matches, cpuSec } = runCrowded(asked.crowd, 3);
  say(`\n${people} a side, Gini of yeses ${fixed(inDegreeGini, 2)}, ${fixed(100 * topHundredth, 0)} % of them for the top hundredth`);
  const rows = Object.entries(matches).map(([name, value]) => {
    const sec = name === "Frank–Wolfe" ? cpuSec["Frank–Wolfe"] : name.endsWith("price") ? cpuSec.prices : null;
    return [name, fixed(value, 1), `${fixed(100 * (value / matches.reciprocal - 1), 0)} %`, sec === null ? "" : fixed(sec, 1)];
  });
  say(table(["ranking", "expected matches", "over reciprocal", "CPU s"], rows));
}

function towns(): void {
  const { weeks, towns: seeds } = asked;
  const courses = Object.keys(policies).map((name): [string, Course] => {
    note(`towns: ${name}`);
    return [name, runTown(name, { weeks, seeds })];
  });
  const over = (course: Course, measure: Measure): string => fixed(course[measure].reduce((sum, value) => sum + value, 0) / weeks, 2);
  const columns: readonly [Measure, string][] = [
    ["matchesPerActive", "matches per active user and week"],
    ["withMatch", "users with a match in the week"],
    ["exposureGini", "Gini of being shown"],
    ["newcomerExposure", "newcomers shown, to all"],
    ["botExposure", "showings of bots"],
  ];
  say(
    `\n${weeks} weeks, mean of ${seeds} towns\n${table(
      ["policy", ...columns.map(([, title]) => title)],
      courses.map(([name, course]) => [name, ...columns.map(([measure]) => over(course, measure))]),
    )}`,
  );
  mkdirSync(asked.plots, { recursive: true });
  for (const [measure, title] of columns) {
    const lines = Object.fromEntries(courses.map(([name, course]) => [name, course[measure]]));
    writeFileSync(resolve(asked.plots, `${measure}.svg`), chart({ title, xLabel: "week", yLabel: title, lines }));
  }
}

function dailyPairs(): void {
  const run = runDailyPairs(asked.perSide, 100);
  say(
    `\n${table(
      [
        "per side",
        "edges",
        "prices s",
        "rounds",
        "pairs s",
        "CPU s",
        "paired",
        "without prices",
        "worth",
        "without prices",
        "blocking pairs",
        "MB",
      ],
      [
        [
          String(run.perSide),
          String(run.edges),
          fixed(run.priceSec, 1),
          String(run.rounds),
          fixed(run.pairSec, 1),
          fixed(run.cpuSec, 1),
          fixed(run.paired, 2),
          fixed(run.pairedUnpriced, 2),
          fixed(run.worth, 2),
          fixed(run.worthUnpriced, 2),
          String(run.blocking),
          fixed(run.memoryMb, 0),
        ],
      ],
    )}`,
  );
}
