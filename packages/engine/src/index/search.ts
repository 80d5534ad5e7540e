import type { UserId } from "@pendo/contract/ids";
import { EngineFault } from "../faults.ts";
import { ageOn, bornBetween, DAY_MAX } from "../eligibility/age.ts";
import { chordSquaredOf } from "../eligibility/sphere.ts";
import { AREA, BIAS_STEP, DECK_MAX, LEAVES_MAX, QUERY } from "./layout.ts";
import { leavesNear, type Viewer } from "./leavesNear.ts";
import type { MatchIndex } from "./matchIndex.ts";
import { lengthOf, readPerson, readRow, readTraits, setUnseen } from "./slots.ts";
import { scaleOf } from "./packed.ts";

export interface DeckRequest {
  readonly userId: UserId;
  /** How many at most: 1 to 512. */
  readonly size: number;
  /** The day, as `dayAt` counts. */
  readonly today: number;
  /** Decides between equal scores: 32 bits. */
  readonly seed: number;
}

export interface DeckEntry {
  readonly userId: UserId;
  readonly score: number;
}

/** How much work a deck was. */
export interface DeckWork {
  readonly leaves: number;
  /** Leaves that no longer could hold anybody good enough. */
  readonly skipped: number;
  /** Eligible people met, and those whose score was computed in full. */
  readonly passed: number;
  readonly scored: number;
}

const EMPTY_WORK: DeckWork = { leaves: 0, skipped: 0, passed: 0, scored: 0 };

/**
 * The best eligible people for somebody, best first: exactly those that looking at everybody would find, in exactly that order. Equal scores are
 * ordered by the seed, then by row.
 * @throws {EngineFault} `user.unknown`: no user here has this id
 * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
 * @throws {EngineFault} `deck.invalid`: the size, the day or the seed is out of range
 */
export function deck(index: MatchIndex, request: DeckRequest): { readonly entries: DeckEntry[]; readonly work: DeckWork } {
  check(request);
  const viewer = viewerOf(index, request);
  if (viewer === undefined) return { entries: [], work: EMPTY_WORK };
  const { memory } = index;
  const hidden = hide(index, viewer, request.today);
  try {
    ask(index, viewer, request);
    const leaves = leavesNear(index, viewer);
    for (let from = 0; from < leaves.count; from += LEAVES_MAX) {
      const until = Math.min(leaves.count, from + LEAVES_MAX);
      for (let i = from; i < until; i++) {
        const at = AREA.leaves + (i - from) * 16;
        const leaf = leaves.order[i] as number;
        memory.f64[at / 8] = leaves.bounds[leaf] as number;
        memory.i32[at / 4 + 2] = index.leaves.table.left[leaves.nodes[leaf] as number] as number;
        memory.f32[at / 4 + 3] = leaves.shares[leaf] as number;
      }
      index.kernel.scan(until - from);
    }
    const q = AREA.query / 4;
    const work = {
      leaves: leaves.count,
      skipped: memory.i32[q + QUERY.skipped / 4] as number,
      passed: memory.i32[q + QUERY.passed / 4] as number,
      scored: memory.i32[q + QUERY.scored / 4] as number,
    };
    return { entries: best(index), work };
  } finally {
    show(index, hidden);
  }
}

/**
 * All users that this user may be shown, in no order.
 * @throws {EngineFault} `user.unknown`: no user here has this id
 * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
 * @throws {EngineFault} `deck.invalid`: the size, the day or the seed is out of range
 */
export function eligibleFor(index: MatchIndex, { userId, today }: { userId: UserId; today: number }): UserId[] {
  const request = { userId, today, size: 1, seed: 0 };
  check(request);
  const viewer = viewerOf(index, request);
  if (viewer === undefined) return [];
  const hidden = hide(index, viewer, today);
  try {
    ask(index, viewer, request);
    const { nodes, count } = leavesNear(index, viewer);
    const found: UserId[] = [];
    for (let i = 0; i < count; i++) {
      let chunk = index.leaves.table.left[nodes[i] as number] as number;
      while (chunk >= 0) {
        index.memory.i32[(AREA.query + QUERY.survivors) / 4] = 0;
        chunk = index.kernel.filter(chunk);
        const survivors = index.memory.i32[(AREA.query + QUERY.survivors) / 4] as number;
        for (let k = 0; k < survivors; k++)
          found.push(index.rows.userIdOf(readRow(index.memory, index.memory.i32[AREA.survivors / 4 + k] as number)));
      }
    }
    return found;
  } finally {
    show(index, hidden);
  }
}

function check({ size, today, seed }: DeckRequest): void {
  if (!Number.isInteger(size) || size < 1 || size > DECK_MAX) throw new EngineFault("deck.invalid", "size");
  if (!Number.isInteger(today) || today < 0 || today > DAY_MAX) throw new EngineFault("deck.invalid", "today");
  if (!Number.isInteger(seed)) throw new EngineFault("deck.invalid", "seed");
}

/** Nothing for a viewer whom, by their age, nobody can accept or whose wishes no birth day meets. */
function viewerOf(index: MatchIndex, { userId, today }: DeckRequest): Viewer | undefined {
  const slot = index.slotOf(userId);
  const person = readPerson(index.memory, slot);
  const born = bornBetween(today, person.ageMin, person.ageMax);
  const age = ageOn(today, person.birthDay);
  if (age < 0 || age > 255 || born.last < 0) return undefined;
  return {
    slot,
    row: readRow(index.memory, slot),
    person,
    traits: readTraits(index.memory, slot),
    isLength: lengthOf(index.memory, slot, "is"),
    likesLength: lengthOf(index.memory, slot, "likes"),
    born: { first: Math.max(0, born.first), last: born.last },
    chord: chordSquaredOf(person.radiusKm),
  };
}

/** Marks everybody whom the viewer must not see, themselves included; answers the slots. */
function hide(index: MatchIndex, viewer: Viewer, today: number): number[] {
  const { slots } = index.rows;
  const hidden = [viewer.slot];
  index.ties.eachUnseen(viewer.row, today, (target) => {
    const slot = slots[target] as number;
    if (slot >= 0) hidden.push(slot);
  });
  for (const slot of hidden) setUnseen(index.memory, slot, true);
  return hidden;
}

function show(index: MatchIndex, hidden: readonly number[]): void {
  for (const slot of hidden) setUnseen(index.memory, slot, false);
}

/** Writes the viewer to where the kernel reads. */
function ask({ memory }: MatchIndex, { person, traits, born, chord }: Viewer, { size, seed, today }: DeckRequest): void {
  const { u8, u16, i32, u32, f64, i8 } = memory;
  const q = AREA.query;
  // What the viewer likes meets what the other is, and the other way round.
  i8.set(traits.vectors.subarray(32), q + QUERY.vectors);
  i8.set(traits.vectors.subarray(0, 32), q + QUERY.vectors + 32);
  u8[q + QUERY.gender] = person.acceptsAndGender >> 5;
  u8[q + QUERY.accepts] = (person.acceptsAndGender & 31) << 3;
  u8[q + QUERY.intent] = person.wantsAndIntent >> 3;
  u8[q + QUERY.wants] = (person.wantsAndIntent & 7) << 5;
  u8[q + QUERY.age] = ageOn(today, person.birthDay);
  u16[(q + QUERY.bornFirst) / 2] = born.first;
  u16[(q + QUERY.bornLast) / 2] = Math.min(DAY_MAX, born.last);
  u16[(q + QUERY.facts) / 2] = person.facts;
  u16[(q + QUERY.dealbreakers) / 2] = person.dealbreakers;
  u16[(q + QUERY.priceLeast) / 2] = 0;
  i32[(q + QUERY.x) / 4] = person.point.x;
  i32[(q + QUERY.y) / 4] = person.point.y;
  i32[(q + QUERY.z) / 4] = person.point.z;
  i32[(q + QUERY.deckSize) / 4] = size;
  u32[(q + QUERY.seed) / 4] = seed >>> 0;
  for (const count of [QUERY.heapCount, QUERY.skipped, QUERY.passed, QUERY.scored]) i32[(q + count) / 4] = 0;
  f64[(q + QUERY.chord) / 8] = chord;
  f64[(q + QUERY.likesScale) / 8] = scaleOf(traits.likesScale);
  f64[(q + QUERY.isScale) / 8] = scaleOf(traits.isScale);
  f64[(q + QUERY.actorBias) / 8] = traits.actorBias * BIAS_STEP;
  f64[(q + QUERY.targetBias) / 8] = traits.targetBias * BIAS_STEP;
}

/** What the heap holds, best first. */
function best({ memory: { i32, u32, f64 }, rows }: MatchIndex): DeckEntry[] {
  const count = i32[(AREA.query + QUERY.heapCount) / 4] as number;
  const kept = Array.from({ length: count }, (_, i) => ({
    score: f64[AREA.heapScores / 8 + i] as number,
    tie: u32[AREA.heapTies / 4 + i] as number,
    row: u32[AREA.heapRows / 4 + i] as number,
  }));
  kept.sort((a, b) => b.score - a.score || a.tie - b.tie || a.row - b.row);
  return kept.map(({ row, score }) => ({ userId: rows.userIdOf(row), score }));
}
