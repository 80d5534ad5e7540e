import { dayAt } from "../eligibility/age.ts";

/** A pass that was not learned from yet: who passed, on whom, and when. */
export interface WaitingPass {
  readonly row: number;
  readonly target: number;
  readonly atMs: number;
}

/** More rows than memory can hold, and few enough that two fit one number. */
const ROWS_MAX = 2 ** 26;

/**
 * Passes of a UTC day that is not over. What is learned moves orders, and an order that moved at once would tell its viewer who passed; so a pass is
 * learned from, and counted, with all others of its day when the day is over.
 */
export class WaitingPasses {
  readonly #atMs: Map<number, number>;
  #oldestDay = Number.POSITIVE_INFINITY;

  /** Takes over what another one held, as `content` gave it. */
  constructor(content: Float64Array = new Float64Array(0)) {
    this.#atMs = new Map(Array.from({ length: content.length / 2 }, (_, at) => [content[at * 2] as number, content[at * 2 + 1] as number]));
    for (const atMs of this.#atMs.values()) this.#note(atMs);
  }

  hold({ row, target, atMs }: WaitingPass): void {
    this.#atMs.set(row * ROWS_MAX + target, atMs);
    this.#note(atMs);
  }

  /** Whether this pass was waiting; it does no more. */
  drop(row: number, target: number): boolean {
    return this.#atMs.delete(row * ROWS_MAX + target);
  }

  isDue(today: number): boolean {
    return this.#oldestDay < today;
  }

  /** Takes out the passes of days that are over, the oldest first. */
  takeDue(today: number): WaitingPass[] {
    if (!this.isDue(today)) return [];
    const due = [...this.#atMs].filter(([, atMs]) => dayAt(atMs) < today);
    for (const [key] of due) this.#atMs.delete(key);
    this.#oldestDay = Number.POSITIVE_INFINITY;
    for (const atMs of this.#atMs.values()) this.#note(atMs);
    return due
      .toSorted(([a, aMs], [b, bMs]) => aMs - bMs || a - b)
      .map(([key, atMs]) => ({ row: Math.floor(key / ROWS_MAX), target: key % ROWS_MAX, atMs }));
  }

  /** Keeps nothing of these people. */
  forget(rows: ReadonlySet<number>): void {
    for (const key of this.#atMs.keys()) if (rows.has(Math.floor(key / ROWS_MAX)) || rows.has(key % ROWS_MAX)) this.#atMs.delete(key);
  }

  get content(): Float64Array {
    return Float64Array.from([...this.#atMs].flat());
  }

  get bytes(): number {
    return this.#atMs.size * 32;
  }

  #note(atMs: number): void {
    this.#oldestDay = Math.min(this.#oldestDay, dayAt(atMs));
  }
}
