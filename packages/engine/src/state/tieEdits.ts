import { dayAt } from "../eligibility/age.ts";
import { PASS_DAYS } from "../eligibility/eligible.ts";
import type { MatchIndex } from "../index/matchIndex.ts";
import { ANSWER, type TieEntry } from "../index/tieCode.ts";

/** Changes to what people keep of each other, gathered so that each list is unpacked and packed once, however many of its entries change. */
export class TieEdits {
  readonly #index: MatchIndex;
  readonly #lists = new Map<number, Map<number, TieEntry>>();
  readonly #changed = new Set<number>();

  constructor(index: MatchIndex) {
    this.#index = index;
  }

  entry(row: number, target: number): TieEntry {
    return this.#list(row).get(target) ?? { row: target, answer: 0, day: 0, blocks: false, blocked: false };
  }

  set(row: number, target: number, change: Partial<Omit<TieEntry, "row">>): void {
    const before = this.entry(row, target);
    const after = { ...before, ...change };
    if (before.answer === after.answer && before.day === after.day && before.blocks === after.blocks && before.blocked === after.blocked)
      return;
    this.#list(row).set(target, after);
    this.#changed.add(row);
  }

  /** Writes all of it. Passes that are over on this day are left out. */
  store(today: number): void {
    for (const row of this.#changed) this.#index.ties.replace(row, [...this.#list(row).values()], today);
    this.#changed.clear();
  }

  #list(row: number): Map<number, TieEntry> {
    let list = this.#lists.get(row);
    if (list === undefined) this.#lists.set(row, (list = new Map(this.#index.ties.all(row).map((entry) => [entry.row, entry]))));
    return list;
  }
}

/** Whether an answer is a pass that keeps the two apart no more. */
export function isOver(answer: number, at: Date | null, nowMs: number): boolean {
  return answer === ANSWER.passed && at !== null && dayAt(nowMs) - dayAt(at.getTime()) > PASS_DAYS;
}
