import { expect, test } from "vitest";
import { chart } from "./chart.ts";
import { combine, ensemble } from "./combine.ts";
import { pairFeatures, personColumns, personFeatures } from "./features.ts";
import { limit } from "./limit.ts";
import { meanAuc, scoreWave } from "./metrics.ts";
import { coldCandidates, warmBaselines, warmCandidates } from "./models.ts";
import { mayBeUsed, type Nights, readNights } from "./night.ts";
import { warm } from "./speedDating.ts";
import { syntheticNights } from "./synthetic.ts";
import { choiceTask, coldTask, meetingAt, type Model, type Task, warmTask } from "./task.ts";

const nights = syntheticNights({ sizes: [6, 6, 6], seed: 1 });
const wave = 2;

/** The same nights, but that every decision a task does not let a model know is another one. */
function otherwise(task: Task): Nights {
  const known = new Set(task.known);
  const meetings = task.nights.meetings.map((meeting, index) => (known.has(index) ? meeting : { ...meeting, yes: !meeting.yes }));
  return {
    ...task.nights,
    meetings: meetings.map((meeting, index) =>
      known.has(index) && known.has(meeting.back) ? meeting : { ...meeting, match: !meeting.match },
    ),
  };
}

/** Whether what a model says depends on decisions that it was not given. */
function peeks(model: Model, task: Task): boolean {
  const [before, after] = [model.forecast(task), model.forecast({ ...task, nights: otherwise(task) })];
  return task.asked.some((index) => before.yes[index] !== after.yes[index] || before.both?.[index] !== after.both?.[index]);
}

test.each(warmBaselines.concat(warmCandidates(12)).map((model) => ({ name: model.name, model })))(
  "warm, $name reads no decision of the second half",
  ({ model }) => {
    expect(peeks(model, warmTask(nights, wave))).toBe(false);
  },
);

test.each(coldCandidates(12).map((model) => ({ name: model.name, model })))("cold, $name reads no decision of the wave", ({ model }) => {
  expect(peeks(model, coldTask(nights, new Set([wave])))).toBe(false);
});

test("a model that looked at one decision that it was not given would be caught", () => {
  const peeking: Model = {
    name: "peeks",
    forecast: ({ nights: all }) => ({ yes: Float64Array.from(all.meetings, ({ yes }) => (yes ? 0.9 : 0.1)) }),
  };
  expect(peeks(peeking, warmTask(nights, wave))).toBe(true);
});

test("of a pair that is asked about, neither decision is known, and choosing knows no second half at all", () => {
  for (const task of [warmTask(nights, wave), coldTask(nights, new Set([wave])), choiceTask(nights)]) {
    const known = new Set(task.known);
    expect(task.asked.length).toBeGreaterThan(0);
    for (const index of task.asked) expect(known.has(index) || known.has(meetingAt(nights, index).back)).toBe(false);
  }
  for (const index of choiceTask(nights).known) expect(meetingAt(nights, index).firstHalf).toBe(true);
  for (const index of coldTask(nights, new Set([wave])).known) expect(meetingAt(nights, index).wave).not.toBe(wave);
});

test("race, religion and their importance are dropped when a file is read, whatever else it holds", () => {
  for (const column of ["race", "race_o", "samerace", "imprace", "imprelig", "religion", "ethnicity", "nationality", "from", "zipcode"])
    expect(mayBeUsed(column)).toBe(false);
  expect(personColumns.filter((column) => !mayBeUsed(column))).toEqual([]);
  const csv =
    "wave,person,partner,gender,order,round,age,race,imprelig,dec,match\n1,1,2,0,1,1,30,4,9,1,1\n1,2,1,1,1,1,32,2,1,1,1\n1,3,9,1,1,1,32,2,1,1,1";
  const read = readNights(csv);
  expect(Object.keys(read.guests[0]?.answers ?? {})).toEqual(["age"]);
  // The last line has no counterpart.
  expect(read.meetings.length).toBe(2);
  expect(() => readNights("wave,person\n1,2")).toThrow("lacks the columns");
});

test("features are standardized, and missing answers are 0", () => {
  const rows = personFeatures(nights, "all");
  for (let column = 0; column < personColumns.length; column++)
    expect(Math.abs(rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length)).toBeLessThan(0.1);
  const empty: Nights = { ...nights, guests: nights.guests.map((guest) => ({ ...guest, answers: {} })) };
  expect(personFeatures(empty, "wave").every((row) => row.every((value) => value === 0))).toBe(true);
  expect([...pairFeatures(empty, personFeatures(empty, "all"), 0, 1)].every((value) => value === 0)).toBe(true);
});

test("reciprocal scores are the same from either end, one-way scores are not, and an ensemble lies between its members", () => {
  const task = warmTask(nights, wave);
  const forecasts = warmBaselines.slice(0, 2).map((model) => model.forecast(task));
  const [first] = forecasts;
  if (!first) throw new Error("no forecast");
  const score = (how: "one-way" | "product" | "harmonic"): Float64Array => combine(task, first, how) as Float64Array;
  for (const index of task.asked) {
    const { back } = meetingAt(nights, index);
    expect(score("product")[index]).toBe(score("product")[back]);
    expect(score("harmonic")[index]).toBeCloseTo(score("harmonic")[back] ?? 0, 12);
  }
  expect(task.asked.some((index) => score("one-way")[index] !== score("one-way")[meetingAt(nights, index).back])).toBe(true);
  const members = forecasts.map((forecast) => combine(task, forecast, "product") as Float64Array);
  const { both } = ensemble(task, forecasts);
  for (const index of task.asked) {
    const values = members.map((member) => member[index] ?? 0);
    expect(both?.[index]).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
    expect(both?.[index]).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
  }
});

test("the table has every model, and what is learned from a first half foretells the second", () => {
  const evening = syntheticNights({ sizes: [12, 12, 12, 12], seed: 3 });
  const lines = warm({ nights: evening, sweeps: 60, say: () => undefined });
  const of = (model: string, combination: string): number =>
    lines.find((line) => line.model === model && line.combination === combination)?.summary.auc ?? 0;
  expect(of("Rasch", "product")).toBeGreaterThan(0.6);
  expect(of("social relations + answers", "joint")).toBeGreaterThan(0.62);
  expect(of("chosen by nested cross-validation", "joint")).toBeGreaterThan(0.6);
  expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(["baseline", "tried", "together"]));
});

test("who knew the truth of simulated evenings would foretell them better than any model, and far from perfectly", () => {
  const { oracle, models } = limit({ sizes: [10, 10, 10], seeds: 2, sweeps: 40 });
  expect(oracle.auc).toBeLessThan(0.95);
  for (const { auc } of Object.values(models)) expect(auc).toBeLessThan(oracle.auc + 0.02);
});

test("without a signal no model finds one", () => {
  const { meetings } = nights;
  const shuffled: Nights = { ...nights, meetings: meetings.map((meeting, index) => ({ ...meeting, match: (index * 7919) % 5 === 0 })) };
  const scores = [1, 2, 3].map((at) => {
    const task = warmTask(shuffled, at);
    return scoreWave(shuffled, at, task.asked, warmBaselines[0]?.forecast(task).yes ?? []);
  });
  expect(Math.abs(meanAuc(scores) - 0.5)).toBeLessThan(0.12);
});

test("a chart is SVG with every line named, and text that cannot break it", () => {
  const svg = chart({ title: "a < b & c", xLabel: "week", yLabel: "x", lines: { engine: [1, 2, 3], "one-way": [0.5, Number.NaN, 1] } });
  expect(svg.match(/<polyline/g)?.length).toBe(2);
  expect(svg).toContain("a &lt; b &amp; c");
  expect(svg).not.toContain("NaN,");
});
