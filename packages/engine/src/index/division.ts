import { EARTH_METRES, UNITS } from "../eligibility/sphere.ts";
import { AXIS, type Axis } from "./leafTable.ts";
import type { EngineMemory } from "./memory.ts";
import { readPerson, readPrice } from "./slots.ts";

export interface Division {
  readonly axis: Axis;
  readonly cut: number;
}

/** A way to divide, and how large a part of a leaf's halves a typical viewer can then pass over. */
interface Way extends Division {
  readonly saves: number;
}

const UNITS_PER_KM = (1000 / EARTH_METRES) * UNITS;
// What typical viewers want, by which divisions are weighed. They only make searches faster or slower, never different.
const AGES_WANTED_YEARS = 15;
const REACH_KM = 30;
const SHARE_BY_INTENT = 0.5;
const SHARE_BY_ACCEPTED = 0.3;
const SHARE_BY_PRICE = 0.4;

/** The bits of wantsAndIntent, and above them those of acceptsAndGender: what a leaf may be divided by, bit by bit. */
export function bitsOf({ wantsAndIntent, acceptsAndGender }: { wantsAndIntent: number; acceptsAndGender: number }): number {
  return wantsAndIntent | (acceptsAndGender << 8);
}
const GENDER_BITS = [13, 14, 15];
const INTENT_BITS = [3, 4, 5, 6, 7];
const WANTED_BITS = [0, 1, 2];
const ACCEPTED_BITS = [8, 9, 10, 11, 12];

/**
 * By what to divide a leaf: first by gender, because nobody asks for half of one; then by whatever lets a typical viewer pass over most. Nothing where
 * all are alike.
 */
export function divideBy(memory: EngineMemory, slots: readonly number[]): Division | undefined {
  const people = slots.map((slot) => readPerson(memory, slot));
  const bits = people.map(bitsOf);
  const byBits = (which: readonly number[], weight: number): Way[] =>
    which.map((bit) => {
      const share = bits.filter((mask) => ((mask >> bit) & 1) === 1).length / bits.length;
      return { axis: AXIS.bits, cut: 1 << bit, saves: weight * 2 * Math.min(share, 1 - share) };
    });
  const gender = byBits(GENDER_BITS, 1).find(({ saves }) => saves > 0);
  if (gender !== undefined) return gender;
  const years = (between: number): number => between / 365;
  const km = (between: number): number => between / UNITS_PER_KM;
  const ways = [
    ...byBits([...INTENT_BITS, ...WANTED_BITS], SHARE_BY_INTENT),
    ...byBits(ACCEPTED_BITS, SHARE_BY_ACCEPTED),
    ...byValue(
      AXIS.birthDay,
      people.map(({ birthDay }) => birthDay),
      (low, high) => years(high - low) / (years(high - low) + AGES_WANTED_YEARS),
    ),
    ...byValue(
      AXIS.price,
      slots.map((slot) => readPrice(memory, slot)),
      (low, high) => SHARE_BY_PRICE * (1 - low / high),
    ),
    ...byValue(
      AXIS.x,
      people.map(({ point }) => point.x),
      (low, high) => km(high - low) / (km(high - low) + REACH_KM),
    ),
    ...byValue(
      AXIS.y,
      people.map(({ point }) => point.y),
      (low, high) => km(high - low) / (km(high - low) + REACH_KM),
    ),
    ...byValue(
      AXIS.z,
      people.map(({ point }) => point.z),
      (low, high) => km(high - low) / (km(high - low) + REACH_KM),
    ),
  ];
  const best = ways.reduce((a, b) => (b.saves > a.saves ? b : a));
  return best.saves > 0 ? best : undefined;
}

/** Dividing in the middle of these values; not at all where all are one. What it saves depends on their tenth and ninetieth percentile. */
function byValue(axis: Axis, values: readonly number[], saves: (low: number, high: number) => number): Way[] {
  const sorted = Float64Array.from(values).sort();
  const [least, median] = [sorted[0] as number, sorted[sorted.length >> 1] as number];
  const cut = median > least ? median : sorted.find((value) => value > least);
  if (cut === undefined) return [];
  const [low, high] = [sorted[Math.floor(sorted.length * 0.1)] as number, sorted[Math.floor(sorted.length * 0.9)] as number];
  // Where only a few differ, dividing still does something: better than a leaf that grows without bound.
  return [{ axis, cut, saves: Math.max(1e-9, saves(low, high)) }];
}
