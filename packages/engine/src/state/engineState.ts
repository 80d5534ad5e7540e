import type { UserId } from "@pendo/contract/ids";
import { ageOn, dayAt, dayOf } from "../eligibility/age.ts";
import type { Point } from "../eligibility/sphere.ts";
import { EngineFault } from "../faults.ts";
import { MatchIndex } from "../index/matchIndex.ts";
import type { Person } from "../index/population.ts";
import { deck, type DeckEntry } from "../index/search.ts";
import { readPerson } from "../index/slots.ts";
import { ANSWER } from "../index/tieCode.ts";
import { newcomerOf } from "../learn/belief.ts";
import { coldStart } from "../score/coldStart.ts";
import { traitsOn } from "../score/standing.ts";
import { weightBetween, weightOf } from "../score/weights.ts";
import type { AnswerRow, PersonRow } from "./input.ts";
import { Beliefs } from "./beliefs.ts";
import { Learning } from "./learning.ts";
import { Ledger } from "./ledger.ts";
import { Market } from "./market.ts";
import { isOver, TieEdits } from "./tieEdits.ts";
import { WaitingPasses } from "./waitingPasses.ts";

/** Of so many the best are found by what is known of each; then what is between them and the viewer is weighed as well. */
const LOOKED_AT = 400;

export type Refused = (code: string) => void;

/** A list of so many, as of an instant; the seed decides between equals. */
export interface Wanted {
  readonly nowMs: number;
  readonly size: number;
  readonly seed: number;
}

export interface StateOptions {
  /** With more than so many bytes nobody new is let in. */
  readonly bytesMax: number;
  /** Told of each thing that was refused, by the name of the fault. */
  readonly refused: Refused;
}

/**
 * Everything that decks are made of, in memory: people, whom they answered and blocked, and what was learned. It is a picture of rows in SQL: whoever
 * feeds it reads rows one after another, and gives them in the order in which they were read, so that the newest always stands and neither
 * repetition nor order of facts matters. An answer is learned from when it comes to stand, which, once it stands, it does not do again; see `Learning`.
 */
export class EngineState {
  readonly index: MatchIndex;
  readonly beliefs: Beliefs;
  readonly ledger: Ledger;
  readonly market: Market;
  /** Who blocks whom: two rows in one number each. */
  readonly blocks: Set<number>;
  /** Who answered a message of whom, likewise: each was learned from once. */
  readonly answered: Set<number>;
  readonly learning: Learning;
  /** Passes of today, which are learned from when the day is over. */
  readonly passes: WaitingPasses;
  /** The day when everybody was last weighed by what time changes. */
  pricedDay = 0;
  readonly #options: StateOptions;

  constructor(
    options: StateOptions,
    kept: Partial<Pick<EngineState, "index" | "beliefs" | "ledger" | "market" | "blocks" | "answered" | "passes">> = {},
  ) {
    this.#options = options;
    this.index = kept.index ?? new MatchIndex();
    this.beliefs = kept.beliefs ?? new Beliefs();
    this.ledger = kept.ledger ?? new Ledger();
    this.market = kept.market ?? new Market();
    this.blocks = kept.blocks ?? new Set();
    this.answered = kept.answered ?? new Set();
    this.passes = kept.passes ?? new WaitingPasses();
    this.learning = new Learning(this.beliefs, {
      userIdOf: (row) => this.index.rows.userIdOf(row),
      likes: (row, target) => this.index.ties.between(row, target)?.swiped === "liked",
    });
  }

  /** Puts people in, as their rows say; whoever was asked for and has no row, or one that cannot be, goes. */
  putPeople(asked: readonly UserId[], rows: readonly PersonRow[], nowMs: number): void {
    const gone = new Set(asked);
    for (const row of rows) if (this.#put(row, nowMs)) gone.delete(row.userId);
    for (const userId of gone) this.index.remove(userId);
  }

  /** Whether anything is kept of the person of a row. */
  knows(row: number): boolean {
    return (this.index.rows.slots[row] as number) >= 0 || this.beliefs.has(row);
  }

  /** How many rows are of nobody: of whoever was deleted, mostly. */
  get emptyRows(): number {
    let empty = 0;
    for (let row = 0; row < this.index.rows.count; row++) if (!this.knows(row)) empty++;
    return empty;
  }

  /** Keeps nothing of people who were deleted; to others it is as if they had gone. */
  forget(userIds: readonly UserId[], nowMs: number): void {
    const gone = new Set<number>();
    for (const userId of userIds) {
      const row = this.index.rows.find(userId);
      if (row < 0) continue;
      gone.add(row);
      this.index.remove(userId);
      this.beliefs.forget(row);
      this.ledger.forget(row);
      this.market.forget(row);
      this.learning.forget(row);
      this.index.ties.replace(row, [], dayAt(nowMs));
    }
    if (gone.size === 0) return;
    this.passes.forget(gone);
    for (const key of this.answered) if (gone.has(Math.floor(key / ROWS_MAX)) || gone.has(key % ROWS_MAX)) this.answered.delete(key);
  }

  /**
   * Lets answers stand, and blocks where the rows tell of them; learns from those that did not stand before. A pass that is over stands no more, so it is taken
   * to be known, but where all answers are read for the first time. A pass of today stands at once, and is learned from when the day is over.
   */
  putTies(rows: readonly (AnswerRow & { readonly blocks?: boolean })[], nowMs: number, isFirst = false): void {
    const edits = new TieEdits(this.index);
    const changed = new Set<number>();
    for (const { swiperId, targetId, action, at, blocks } of rows) {
      const [row, target] = [this.index.rows.of(swiperId), this.index.rows.of(targetId)];
      if (action === "answered") {
        if (this.#hearMessage(row, target, at)) changed.add(row).add(target);
        continue;
      }
      if (blocks !== undefined) this.#block(edits, [row, target], blocks);
      const answer = action === null ? ANSWER.none : action === "pass" ? ANSWER.passed : ANSWER.liked;
      const before = edits.entry(row, target).answer;
      edits.set(row, target, { answer, day: answer === ANSWER.passed ? dayAt(at?.getTime() ?? nowMs) : 0 });
      if (answer === before) continue;
      if (!isFirst && before === ANSWER.none && isOver(answer, at, nowMs)) continue;
      if (before !== ANSWER.none && !this.passes.drop(row, target)) {
        changed.add(row).add(target);
        this.learning.unhear(row, target);
        this.ledger.count(row, target, { isYes: before === ANSWER.liked, by: -1 });
      }
      if (answer === ANSWER.passed && at !== null && dayAt(at.getTime()) >= dayAt(nowMs)) {
        this.passes.hold({ row, target, atMs: at.getTime() });
        continue;
      }
      if (answer !== ANSWER.none) changed.add(row).add(target);
      if (answer !== ANSWER.none) this.ledger.count(row, target, { isYes: answer === ANSWER.liked, by: 1 });
      if (action === null || at === null) continue;
      const isMutual = answer === ANSWER.liked && edits.entry(target, row).answer === ANSWER.liked;
      this.learning.hear({ row, target, action, atMs: at.getTime() }, isMutual);
    }
    edits.store(dayAt(nowMs));
    for (const row of changed) this.#tell(row, nowMs);
    if (this.learning.isDue || this.passes.isDue(dayAt(nowMs))) this.settle(nowMs);
  }

  /** Learns from passes whose day is over, and brings what was learned of the last answers into the order of their times. */
  settle(nowMs: number): void {
    const changed = new Set<number>();
    for (const { row, target, atMs } of this.passes.takeDue(dayAt(nowMs))) {
      this.ledger.count(row, target, { isYes: false, by: 1 });
      this.learning.hear({ row, target, action: "pass", atMs }, false);
      changed.add(row).add(target);
    }
    for (const row of this.learning.settle(nowMs)) changed.add(row);
    for (const row of changed) this.#tell(row, nowMs);
  }

  /** Finds prices against congestion from the decks that were made, and lets the next ones go by them: in steps, between which anything may happen. */
  *repricing(now: () => number): Generator<void> {
    const { rows } = this.index;
    const isHere = (row: number): boolean => (rows.slots[row] as number) >= 0;
    for (const moved of this.market.pricing(rows.count, { today: dayAt(now()), isHere })) {
      for (const row of moved) this.#tell(row, now());
      yield;
    }
  }

  /** A deck, best first, which is left in the market; null where the person is not here. */
  deckOf(userId: UserId, wanted: Wanted): UserId[] | null {
    const sorted = this.#ranked(userId, wanted);
    if (sorted === null) return null;
    const luck = (Math.imul(wanted.seed, 0x9e3779b1) >>> 0) / 2 ** 32;
    this.market.leave(this.index.rows.find(userId), sorted, { day: dayAt(wanted.nowMs), luck });
    return sorted.slice(0, wanted.size).map((entry) => entry.userId);
  }

  /** The same with scores, of which only those for one viewer can be compared. Nobody is shown anybody by it, so the market hears nothing. */
  ranked(userId: UserId, wanted: Wanted): DeckEntry[] | null {
    const sorted = this.#ranked(userId, wanted);
    return sorted?.slice(0, wanted.size).map((entry) => ({ userId: entry.userId, score: entry.score })) ?? null;
  }

  #ranked(userId: UserId, { nowMs, size, seed }: Wanted): (DeckEntry & { readonly row: number })[] | null {
    const { index } = this;
    if (!index.has(userId)) return null;
    const { entries } = deck(index, { userId, size: Math.max(size, LOOKED_AT), today: dayAt(nowMs), seed });
    const viewer = index.rows.find(userId);
    const here = this.#pointOf(viewer);
    const weighed = entries.map((entry) => {
      const row = index.rows.find(entry.userId);
      const weight = weightBetween(index.ties.between(row, viewer)?.swiped ?? null, here, this.#pointOf(row));
      return { row, userId: entry.userId, score: entry.score * weight };
    });
    // A stable sort: equals stay as the engine's seed has put them.
    return weighed.toSorted((a, b) => b.score - a.score);
  }

  #pointOf(row: number): Point {
    return readPerson(this.index.memory, this.index.rows.slots[row] as number).point;
  }

  /** Which blocks are in memory, as pairs. */
  *blockPairs(): Iterable<readonly [UserId, UserId]> {
    for (const key of this.blocks) yield [this.index.rows.userIdOf(Math.floor(key / ROWS_MAX)), this.index.rows.userIdOf(key % ROWS_MAX)];
  }

  get bytes(): number {
    const { people, ties } = this.index.bytes;
    return (
      people +
      ties +
      this.beliefs.bytes +
      this.ledger.bytes +
      this.market.bytes +
      this.passes.bytes +
      (this.blocks.size + this.answered.size) * 16
    );
  }

  #put(row: PersonRow, nowMs: number): boolean {
    try {
      if (!this.index.has(row.userId) && this.bytes >= this.#options.bytesMax)
        throw new EngineFault("memory.full", "no room for anybody new");
      const person = personOf(row);
      // Before anything is stored, whatever is wrong with the row has been found.
      this.index.put(person);
      const at = this.index.rows.find(row.userId);
      const prior = coldStart({ ageYears: ageOn(dayAt(nowMs), person.birthDay), intent: row.intent, interests: row.interests });
      if (this.beliefs.has(at)) this.beliefs.store(at, { ...this.beliefs.at(at), prior });
      else this.beliefs.store(at, newcomerOf(row.userId, prior, row.createdAt));
      const [cameOn, hereOn] = [dayAt(row.createdAt.getTime()), dayAt(row.lastActiveAt.getTime())];
      this.ledger.store(at, { weight: weightOf(row, nowMs), cameOn, hereOn });
      this.#tell(at, nowMs);
      return true;
    } catch (error) {
      if (!(error instanceof EngineFault)) throw error;
      this.#options.refused(error.code);
      return false;
    }
  }

  /** Learns of a message answered, if it is the first from the one to the other. */
  #hearMessage(row: number, target: number, at: Date | null): boolean {
    const key = row * ROWS_MAX + target;
    if (at === null || this.answered.has(key)) return false;
    this.answered.add(key);
    return this.learning.hear({ row, target, action: "answered", atMs: at.getTime() }, false);
  }

  #block(edits: TieEdits, [row, target]: readonly [number, number], blocks: boolean): void {
    edits.set(row, target, { blocks });
    edits.set(target, row, { blocked: blocks });
    if (blocks) this.blocks.add(row * ROWS_MAX + target);
    else this.blocks.delete(row * ROWS_MAX + target);
  }

  /** Lets decks go by what is known of somebody now, with the luck of the day. */
  #tell(row: number, nowMs: number): void {
    const { rows } = this.index;
    if ((rows.slots[row] as number) < 0) return;
    const id = rows.words.subarray(row * 4, row * 4 + 4);
    const traits = traitsOn(id, this.beliefs.at(row), this.ledger.standingOf(row), dayAt(nowMs));
    this.index.setTraits(rows.userIdOf(row), { ...traits, price: traits.price * this.market.priceOf(row) });
  }
}

/** More rows than memory can hold, and few enough that two fit one number. */
const ROWS_MAX = 2 ** 26;

/** The person as the engine sees them. Their words, pictures and name are not among it. */
export function personOf(row: PersonRow): Person {
  const { userId, gender, intent, lat, lon, travelLat, travelLon, genders, ageMin, ageMax, radiusKm, intents, shown } = row;
  return {
    userId,
    birthDay: dayOf(row.birthDate),
    gender,
    intent,
    facts: 0,
    wants: { genders, ageMin, ageMax, radiusKm, intents, dealbreakers: 0 },
    home: { lat, lon },
    travel: travelLat === null || travelLon === null ? null : { lat: travelLat, lon: travelLon },
    visibility: shown ? "visible" : "hidden",
  };
}
