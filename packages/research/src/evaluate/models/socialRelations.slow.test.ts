import { normal, seeded } from "@pendo/engine/random";
import { expect, test } from "vitest";
import { nightKnown } from "../limit.ts";
import type { Nights } from "../night.ts";
import { syntheticNights } from "../synthetic.ts";
import { foldTasks, meetingAt, type Task } from "../task.ts";
import { socialRelations, type SocialRelationsOptions } from "./socialRelations.ts";

const plain = { name: "", factors: 0, answers: null, dyads: false, sweeps: 120, seed: 3 } as const;

/** Evenings at which every second guest says yes by appeal alone, and the others whatever it is. */
function heedful(): Nights {
  const nights = syntheticNights({ sizes: [16, 16, 16], seed: 2 });
  const random = seeded(9);
  const appeal = nights.guests.map(() => 1.5 * normal(random));
  const meetings = nights.meetings.map((meeting) => ({
    ...meeting,
    yes: (meeting.from % 2 === 0 ? 2 * (appeal[meeting.to] ?? 0) : 0) + normal(random) > 0,
  }));
  return { ...nights, meetings: meetings.map((meeting) => ({ ...meeting, match: meeting.yes && meetings[meeting.back]?.yes === true })) };
}

/** How much of a surprise the decisions asked about are: the mean of minus the logarithm of their chance. */
function surprise(task: Task, options: SocialRelationsOptions): number {
  const { yes } = socialRelations(options).forecast(task);
  const logs = task.asked.map((index) => -Math.log(meetingAt(task.nights, index).yes ? (yes[index] ?? 0) : 1 - (yes[index] ?? 0)));
  return logs.reduce((sum, value) => sum + value, 0) / logs.length;
}

/** Whether one model is less surprised than another, by more than chains differ. */
function better(task: Task, options: SocialRelationsOptions, than: SocialRelationsOptions): boolean {
  return surprise(task, options) < surprise(task, than) - 0.02;
}

test("where some heed appeal and others do not, the model that knows of it foretells decisions better", () => {
  const [task] = foldTasks(heedful(), 4, seeded(1)) as [Task];
  expect(better(task, { ...plain, heed: true }, plain)).toBe(true);
});

test("a model that only says that it knows of heed would be caught", () => {
  const [task] = foldTasks(heedful(), 4, seeded(1)) as [Task];
  expect(better(task, { ...plain, seed: 4, heed: false }, plain)).toBe(false);
});

test("several chains say the mean of what each says", () => {
  const [task] = foldTasks(syntheticNights({ sizes: [6, 6], seed: 1 }), 3, seeded(1)) as [Task];
  const [first, second, both] = [{ seed: 3 }, { seed: 4 }, { seed: 3, chains: 2 }].map((own) =>
    socialRelations({ ...plain, sweeps: 20, ...own }).forecast(task),
  );
  for (const index of task.asked) {
    expect(both?.yes[index]).toBeCloseTo(((first?.yes[index] ?? 0) + (second?.yes[index] ?? 0)) / 2, 12);
    expect(both?.both?.[index]).toBeCloseTo(((first?.both?.[index] ?? 0) + (second?.both?.[index] ?? 0)) / 2, 12);
  }
});

test("folds ask about every pair once, and of none of them either decision is known", () => {
  const nights = syntheticNights({ sizes: [6, 6], seed: 1 });
  const tasks = foldTasks(nights, 3, seeded(1));
  expect(tasks.flatMap(({ asked }) => asked).sort((a, b) => a - b)).toEqual(nights.meetings.map((_, index) => index));
  for (const { known, asked } of tasks) {
    const seen = new Set(known);
    expect(known.length + asked.length).toBe(nights.meetings.length);
    for (const index of asked) expect(seen.has(index) || seen.has(meetingAt(nights, index).back)).toBe(false);
  }
});

test("with nearly all of a night known, its pairs are foretold better than by luck and far from perfectly", () => {
  const told = nightKnown(syntheticNights({ sizes: [12, 12, 12], seed: 3 }), 40);
  expect(Object.keys(told).length).toBe(2);
  for (const { all, asked } of Object.values(told)) {
    expect(all.auc).toBeGreaterThan(0.6);
    expect(all.auc).toBeLessThan(0.95);
    expect(asked.auc).toBeLessThan(0.95);
  }
});
