import { EARTH_METRES, UNITS } from "../eligibility/sphere.ts";
import { AXIS, type Axis } from "./leafTable.ts";
import type { EngineMemory } from "./memory.ts";
import { readPerson, readPrice } from "./slots.ts";

/** Closer together than this, dividing by place saves little. */
const NEAR_UNITS = (3000 / EARTH_METRES) * UNITS;
const WIDE_YEARS = 6;
const WIDE_PRICES = 1.15;

/** The values of a leaf's people on each axis that can be divided by, ascending; and the bits of their genders. */
export interface Spread {
  readonly genders: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly birthDay: Float64Array;
  readonly price: Float64Array;
}

export function spreadOf(memory: EngineMemory, slots: readonly number[]): Spread {
  const people = slots.map((slot) => readPerson(memory, slot));
  const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
  return {
    genders: people.reduce((bits, { acceptsAndGender }) => bits | (acceptsAndGender >> 5), 0),
    x: sorted(people.map(({ point }) => point.x)),
    y: sorted(people.map(({ point }) => point.y)),
    z: sorted(people.map(({ point }) => point.z)),
    birthDay: sorted(people.map(({ birthDay }) => birthDay)),
    price: sorted(slots.map((slot) => readPrice(memory, slot))),
  };
}

/**
 * By what to divide a leaf: first by gender; then by place while it is wide, so that the far half is passed over; then by age, and by price, so that
 * those whom no deck can reach lie together. Nothing where all are alike.
 */
export function divideBy(spread: Spread): { readonly axis: Axis; readonly cut: number } | undefined {
  const { genders } = spread;
  if ((genders & (genders - 1)) !== 0) return { axis: AXIS.gender, cut: genders & -genders };
  const place = (["x", "y", "z"] as const).toSorted((a, b) => between(spread[b]) - between(spread[a]))[0] ?? "x";
  const [young, old] = ends(spread.birthDay);
  const [cheap, dear] = ends(spread.price);
  const order: Exclude<keyof Spread, "genders">[] = [];
  if (between(spread[place]) > NEAR_UNITS) order.push(place);
  if (old - young > WIDE_YEARS * 365) order.push("birthDay");
  if (dear > cheap * WIDE_PRICES) order.push("price");
  order.push("birthDay", place);
  for (const axis of order) {
    const cut = middleOf(spread[axis]);
    if (cut !== undefined) return { axis: AXIS[axis], cut };
  }
  return undefined;
}

/** The tenth and the ninetieth percentile: the few at the ends say little about how wide a leaf is. */
function ends(values: Float64Array): [number, number] {
  return [values[Math.floor(values.length * 0.1)] as number, values[Math.floor(values.length * 0.9)] as number];
}

function between(values: Float64Array): number {
  const [low, high] = ends(values);
  return high - low;
}

/** A cut that leaves somebody on both sides, near the middle; nothing where all values are one. */
function middleOf(values: Float64Array): number | undefined {
  const least = values[0] as number;
  const median = values[values.length >> 1] as number;
  return median > least ? median : values.find((value) => value > least);
}
