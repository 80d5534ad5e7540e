import type { Nights } from "./night.ts";

/** What a model is asked: from the decisions that it may know, the chance of those it may not. */
export interface Task {
  readonly nights: Nights;
  /** The meetings whose decisions a model may read. */
  readonly known: readonly number[];
  /** The meetings to foretell, both directions of each pair; of neither is the decision known. */
  readonly asked: readonly number[];
}

export interface Forecast {
  /** By meeting: the chance of a yes; only of those asked. */
  readonly yes: Float64Array;
  /** By meeting: the chance that both say yes, by models that foretell it as such. */
  readonly both?: Float64Array;
}

export interface Model {
  readonly name: string;
  readonly forecast: (task: Task) => Forecast;
}

/** Warm: everything of the other waves and the first half of this night, and of its second half nothing. */
export function warmTask(nights: Nights, wave: number): Task {
  return taskOf(
    nights,
    (index) => meetingAt(nights, index).wave !== wave || meetingAt(nights, index).firstHalf,
    (at) => at === wave,
  );
}

/** Cold: everything of the other waves, and of this one only the sign-up answers. */
export function coldTask(nights: Nights, waves: ReadonlySet<number>): Task {
  return taskOf(
    nights,
    (index) => !waves.has(meetingAt(nights, index).wave),
    (at) => waves.has(at),
  );
}

/** For choosing among models: the first halves of all nights and no second half at all, so that no choice can see what it will be judged by. */
export function choiceTask(nights: Nights): Task {
  return taskOf(
    nights,
    (index) => meetingAt(nights, index).firstHalf,
    () => true,
  );
}

/** Nearly the whole night known: of all pairs one in so many is asked about, and both decisions of every other pair are given. */
export function foldTasks(nights: Nights, folds: number, random: () => number): Task[] {
  const fold = new Uint8Array(nights.meetings.length);
  for (const [index, { back }] of nights.meetings.entries())
    fold[index] = index < back ? Math.floor(random() * folds) : (fold[back] as number);
  return Array.from({ length: folds }, (_, own) =>
    taskOf(
      nights,
      (index) => fold[index] !== own,
      () => true,
    ),
  );
}

function taskOf(nights: Nights, mayKnow: (index: number) => boolean, isAsked: (wave: number) => boolean): Task {
  const known: number[] = [];
  const asked: number[] = [];
  for (const [index, { wave, back }] of nights.meetings.entries()) {
    if (mayKnow(index)) known.push(index);
    // A pair whose counterpart is known would give away half of the answer.
    else if (isAsked(wave) && !mayKnow(back)) asked.push(index);
  }
  return { nights, known, asked };
}

/**
 * The meeting with this index.
 * @throws {RangeError} where there is none, which is a bug of the caller
 */
export function meetingAt(nights: Nights, index: number): Nights["meetings"][number] {
  const meeting = nights.meetings[index];
  if (!meeting) throw new RangeError("no such meeting");
  return meeting;
}
