import { EngineFault } from "../faults.ts";
import { dayAt } from "../eligibility/age.ts";
import { PASS_DAYS, type Tie } from "../eligibility/eligible.ts";
import { Arena } from "./arena.ts";
import { grown } from "./leafTable.ts";
import { ANSWER, decodeTies, encodeTies, TIES_MAX, type TieEntry } from "./tieCode.ts";

/** One fact about two people, as one of them keeps it. */
export interface RecentTie {
  readonly row: number;
  readonly kind: "answer" | "blocks" | "blocked";
  /** The answer; or 1 for blocked and 0 for not any more. */
  readonly state: 0 | 1 | 2;
  readonly atMs: number;
  /** It came after what surrounds it was settled, so it may only add. */
  readonly late: boolean;
}

interface MutableTie {
  row: number;
  answer: 0 | 1 | 2;
  day: number;
  blocks: boolean;
  blocked: boolean;
}

/**
 * Whom everybody has answered, blocked, or been blocked by. Facts of the last while are kept with their instants, so that the newest wins in whatever order
 * and however often they come; `settle` packs older ones into a list of about two bytes each. A fact from before that is late: it may still hide
 * somebody, but not bring anybody back, because what it would undo may be newer.
 */
export class Ties {
  readonly arena = new Arena();
  addresses: Uint32Array = new Uint32Array(0);
  readonly recent = new Map<number, RecentTie[]>();
  settledMs = Number.NEGATIVE_INFINITY;

  /**
   * Records that one user answered another.
   * @throws {EngineFault} `event.stale`: it is late, and would bring back a user who a newer event may hide
   */
  answer(row: number, target: number, state: 0 | 1 | 2, atMs: number): void {
    this.#refuseStale(state, atMs);
    this.#add(row, { row: target, kind: "answer", state, atMs, late: atMs < this.settledMs });
  }

  /**
   * Records that one user blocks another, or no longer does.
   * @throws {EngineFault} `event.stale`: it is late, and would bring back a user who a newer event may hide
   */
  block(row: number, target: number, on: boolean, atMs: number): void {
    const state = on ? 1 : 0;
    this.#refuseStale(state, atMs);
    const late = atMs < this.settledMs;
    this.#add(row, { row: target, kind: "blocks", state, atMs, late });
    this.#add(target, { row, kind: "blocked", state, atMs, late });
  }

  /** Calls back with the row of everybody whom this one must not see on this day. */
  eachUnseen(row: number, today: number, visit: (target: number) => void): void {
    if (!this.recent.has(row)) {
      this.#decode(row, (target, tag, day) => visitUnless(tag, day, today, target, visit));
      return;
    }
    for (const tie of this.all(row)) visitUnless(tie.answer | (tie.blocked ? 4 : 0) | (tie.blocks ? 8 : 0), tie.day, today, tie.row, visit);
  }

  /** What is between this row's person and another. */
  between(row: number, target: number): Tie | null {
    const found = this.all(row).find((tie) => tie.row === target);
    if (found === undefined) return null;
    const { answer, day, blocks, blocked } = found;
    return { blocked: blocks || blocked, swiped: answer === ANSWER.none ? null : answer === ANSWER.liked ? "liked" : { passedOn: day } };
  }

  /** Everything kept of one person. */
  all(row: number): TieEntry[] {
    return this.#merged(row, this.recent.get(row) ?? []);
  }

  #merged(row: number, facts: readonly RecentTie[]): TieEntry[] {
    const ties = new Map<number, MutableTie>();
    this.#decode(row, (target, tag, day) =>
      ties.set(target, { row: target, answer: (tag & 3) as 0 | 1 | 2, day, blocks: (tag & 8) !== 0, blocked: (tag & 4) !== 0 }),
    );
    applyTo(ties, facts);
    return [...ties.values()];
  }

  /** Packs every fact older than this. Whoever delivers facts promises that hardly any will come later that are older. */
  settle(beforeMs: number): void {
    if (!(beforeMs > this.settledMs)) return;
    for (const [row, facts] of this.recent) {
      const older = facts.filter(({ atMs }) => atMs < beforeMs);
      if (older.length === 0) continue;
      const newer = facts.filter(({ atMs }) => atMs >= beforeMs);
      this.replace(row, this.#merged(row, older), dayAt(beforeMs));
      if (newer.length === 0) this.recent.delete(row);
      else this.recent.set(row, newer);
    }
    this.settledMs = beforeMs;
  }

  /**
   * Puts a list in the place of what is packed of this row.
   * @throws {EngineFault} `memory.full`: the lists of ties fill 4 GB, or this one is longer than a page
   */
  replace(row: number, ties: readonly TieEntry[], today: number): void {
    if (ties.length > TIES_MAX) throw new EngineFault("memory.full", "too many ties");
    const bytes = encodeTies(ties, today - PASS_DAYS);
    if (row >= this.addresses.length) this.reserve(Math.ceil((row + 64) * 1.125));
    this.arena.drop(this.addresses[row] as number);
    this.addresses[row] = this.arena.keep(bytes);
  }

  reserve(rows: number): void {
    this.addresses = grown(this.addresses, rows, Uint32Array);
  }

  get bytes(): number {
    return this.addresses.byteLength + this.arena.bytes;
  }

  #decode(row: number, visit: (target: number, tag: number, day: number) => void): void {
    const address = this.addresses[row] ?? 0;
    if (address === 0) return;
    const { page, at } = this.arena.find(address);
    decodeTies(page, at + 1, visit);
  }

  #refuseStale(state: 0 | 1 | 2, atMs: number): void {
    if (state === 0 && atMs < this.settledMs) throw new EngineFault("event.stale", "what it takes back may be newer");
  }

  #add(row: number, fact: RecentTie): void {
    const facts = this.recent.get(row);
    if (facts === undefined) {
      this.recent.set(row, [fact]);
      return;
    }
    // Of two facts of one kind about the same person only the newer matters; late ones are settled together with what was packed.
    const at = facts.findIndex(({ row: other, kind, late }) => other === fact.row && kind === fact.kind && late === fact.late);
    if (at < 0) facts.push(fact);
    else if (newer(fact, facts[at] as RecentTie)) facts[at] = fact;
  }
}

function visitUnless(tag: number, day: number, today: number, target: number, visit: (target: number) => void): void {
  const passed = (tag & 3) === ANSWER.passed;
  if (tag >= 4 || (tag & 3) === ANSWER.liked || (passed && today - day <= PASS_DAYS)) visit(target);
}

/** Of facts of the same instant the one that hides more wins, on every machine. */
function newer(fact: RecentTie, than: RecentTie): boolean {
  return fact.atMs !== than.atMs ? fact.atMs > than.atMs : fact.state > than.state;
}

/** Late facts first, which only add to what is packed; then the others, of which each is the newest of its kind. */
function applyTo(ties: Map<number, MutableTie>, facts: readonly RecentTie[]): void {
  for (const { row, kind, state, atMs, late } of [...facts.filter((fact) => fact.late), ...facts.filter((fact) => !fact.late)]) {
    let tie = ties.get(row);
    if (tie === undefined) ties.set(row, (tie = { row, answer: ANSWER.none, day: 0, blocks: false, blocked: false }));
    if (kind === "answer") {
      const day = state === ANSWER.passed ? dayAt(atMs) : 0;
      if (!late || tie.answer === ANSWER.none) [tie.answer, tie.day] = [state, day];
      else if (tie.answer === ANSWER.passed) [tie.answer, tie.day] = [state, Math.max(tie.day, day)];
    } else if (!late || state === 1) tie[kind] = state === 1;
  }
}
