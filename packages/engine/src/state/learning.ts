import type { UserId } from "@pendo/contract/ids";
import { DAY_MS } from "../eligibility/age.ts";
import type { Belief } from "../learn/belief.ts";
import { learnAnswer, type Signal } from "../learn/signal.ts";
import type { Beliefs } from "./beliefs.ts";

/** An answer, to a person or to their message, which one that comes after it may turn out to precede. */
export interface Heard {
  readonly row: number;
  readonly target: number;
  readonly action: Exclude<Signal, "matched">;
  readonly atMs: number;
}

/** What learning asks of people. */
export interface UserLookup {
  userIdOf(row: number): UserId;
  /** Whether the yes of one to the other stands. */
  likes(row: number, target: number): boolean;
}

/** The answers that may still be learned in another order. */
export interface Waiting {
  /** What is believed without them, of those whom they concern. */
  readonly before: ReadonlyMap<number, Belief>;
  readonly heard: readonly Heard[];
  /** Whether they were learned in their order. */
  readonly isRight: boolean;
}

/** Answers that came after each other, and what was believed of whom before the first of them. */
interface Stretch {
  readonly before: Map<number, Belief>;
  readonly heard: Heard[];
}

/** No answer is expected to come so much later than a younger one. */
const SETTLED_AFTER_MS = 10_000;
const STRETCH = 1_024;
/** With more waiting, the oldest are taken as settled. */
const STRETCHES_MAX = 8;

/**
 * Learns from answers in the order of their times, however they come. What is learned depends on the order a little, and queues do not keep it; so the answers
 * of the last seconds are kept, with what was believed before them. Each counts at once. From time to time, if they came out of order, they are learned once
 * more from there, sorted. The outcome is that of reading all answers sorted from the database, as long as none comes later than `SETTLED_AFTER_MS`.
 */
export class Learning {
  /** Answers that were learned from. */
  learned = 0;
  readonly #beliefs: Beliefs;
  readonly #known: UserLookup;
  #stretches: Stretch[] = [emptyStretch()];
  #newest: Heard | undefined;
  #isRight = true;

  constructor(beliefs: Beliefs, known: UserLookup) {
    this.#beliefs = beliefs;
    this.#known = known;
  }

  /** Learns from an answer that came to stand, and from the match if it made one. Answers whether both are known: else nothing is learned. */
  hear(heard: Heard, isMutual: boolean): boolean {
    if (!this.#beliefs.has(heard.row) || !this.#beliefs.has(heard.target)) return false;
    if (this.#newest && this.#compare(this.#newest, heard) > 0) this.#isRight = false;
    else this.#newest = heard;
    const stretch = this.#last;
    this.#learn(heard, isMutual, stretch);
    stretch.heard.push(heard);
    this.learned++;
    return true;
  }

  /** A swipe was taken back. If that was soon, nothing is learned from it. */
  unhear(row: number, target: number): void {
    this.#drop((heard) => heard.row === row && heard.target === target && isSwipe(heard));
  }

  /** Nothing is kept of a person. */
  forget(row: number): void {
    for (const { before } of this.#stretches) before.delete(row);
    this.#drop((heard) => heard.row === row || heard.target === row);
  }

  /** Whether so much waits that it is worth settling. */
  get isDue(): boolean {
    return this.#last.heard.length >= STRETCH;
  }

  /** Brings into order what waits, and lets go of what is old by then. Answers of whom something else is believed now. */
  settle(nowMs: number): ReadonlySet<number> {
    const settledMs = Math.min(nowMs, this.#newest?.atMs ?? nowMs) - SETTLED_AFTER_MS;
    if (!this.#isRight) return this.#learnAgain(settledMs);
    const isSettled = ({ heard }: Stretch): boolean => heard.length > 0 && (heard.at(-1) as Heard).atMs <= settledMs;
    while (this.#stretches.length > STRETCHES_MAX || isSettled(this.#stretches[0] as Stretch)) {
      this.#stretches.shift();
      if (this.#stretches.length === 0) break;
    }
    if (this.#stretches.at(-1)?.heard.length !== 0) this.#stretches.push(emptyStretch());
    return new Set();
  }

  /** What waits. */
  get waiting(): Waiting {
    const before = new Map<number, Belief>();
    for (const stretch of this.#stretches) for (const [row, belief] of stretch.before) if (!before.has(row)) before.set(row, belief);
    return { before, heard: this.#stretches.flatMap(({ heard }) => heard), isRight: this.#isRight };
  }

  /** Goes on where another one was. */
  restore(learned: number, { before, heard, isRight }: Waiting): void {
    this.learned = learned;
    this.#stretches = [{ before: new Map(before), heard: [...heard] }, emptyStretch()];
    this.#newest = heard.toSorted((a, b) => this.#compare(a, b)).at(-1);
    this.#isRight = isRight;
  }

  get #last(): Stretch {
    return this.#stretches.at(-1) as Stretch;
  }

  #learnAgain(settledMs: number): ReadonlySet<number> {
    const { before, heard } = this.waiting;
    // What the answers say of somebody may have changed meanwhile, and stays.
    for (const [row, belief] of before) this.#beliefs.store(row, { ...belief, prior: this.#beliefs.at(row).prior });
    const sorted = heard.toSorted((a, b) => this.#compare(a, b));
    const ahead = new Map<string, number>();
    const keyOf = (from: number, to: number): string => `${from} ${to}`;
    for (const { row, target } of sorted.filter(isSwipe)) ahead.set(keyOf(row, target), (ahead.get(keyOf(row, target)) ?? 0) + 1);
    const past = emptyStretch();
    const stretch = emptyStretch();
    for (const [at, each] of sorted.entries()) {
      const { row, target, action, atMs } = each;
      const isPast = atMs <= settledMs || at < sorted.length - STRETCH * STRETCHES_MAX;
      if (isSwipe(each)) ahead.set(keyOf(row, target), (ahead.get(keyOf(row, target)) as number) - 1);
      // Of two that like each other, the later yes makes the match.
      const isMutual = isSwipe(each) && action !== "pass" && this.#known.likes(target, row) && !ahead.get(keyOf(target, row));
      this.#learn(each, isMutual, isPast ? past : stretch);
      if (!isPast) stretch.heard.push(each);
    }
    this.#stretches = stretch.heard.length > 0 ? [stretch, emptyStretch()] : [emptyStretch()];
    this.#isRight = true;
    return new Set(before.keys());
  }

  #learn({ row, target, action, atMs }: Heard, isMutual: boolean, { before }: Stretch): void {
    for (const each of [row, target]) if (!before.has(each)) before.set(each, this.#beliefs.at(each));
    const [from, to] = [this.#beliefs.at(row), this.#beliefs.at(target)];
    learnAnswer(from, to, { signal: action, makesMatch: isMutual, day: atMs / DAY_MS });
    this.#beliefs.store(row, from);
    this.#beliefs.store(target, to);
  }

  #drop(isGone: (heard: Heard) => boolean): void {
    let gone = 0;
    this.#stretches = this.#stretches.map(({ before, heard }) => {
      const left = heard.filter((each) => !isGone(each));
      gone += heard.length - left.length;
      return { before, heard: left };
    });
    if (gone === 0) return;
    this.learned -= gone;
    // What was learned of it goes when the others are learned once more.
    this.#isRight = false;
  }

  #compare(a: Heard, b: Heard): number {
    return a.atMs - b.atMs || this.#order(a.row, b.row) || this.#order(a.target, b.target) || Number(isSwipe(b)) - Number(isSwipe(a));
  }

  /** As the database orders ids. */
  #order(row: number, other: number): number {
    if (row === other) return 0;
    return this.#known.userIdOf(row) < this.#known.userIdOf(other) ? -1 : 1;
  }
}

function isSwipe({ action }: Heard): boolean {
  return action !== "answered";
}

function emptyStretch(): Stretch {
  return { before: new Map(), heard: [] };
}
