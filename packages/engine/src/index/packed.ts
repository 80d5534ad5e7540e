import { EngineFault } from "../faults.ts";
import { DAY_MAX } from "../eligibility/age.ts";
import { placeNow } from "../eligibility/eligible.ts";
import { pointOf, RADIUS_MAX_KM, type Point } from "../eligibility/sphere.ts";
import { BIAS_STEP } from "./layout.ts";
import { DIMENSIONS, type Person, type SnappedPosition, type Traits } from "./population.ts";

const genderBits: Readonly<Record<string, number>> = { woman: 1, man: 2, nonbinary: 4 };
const intentBits: Readonly<Record<string, number>> = { relationship: 1, casual: 2, friendship: 4, unsure: 8 };
/** The bit of whoever says nothing; only those who accept any intent accept it. */
const NO_INTENT = 16;
const ANY_INTENT = 31;
const AGE_MAX = 255;
const BIAS_MAX = 16;
const PRICE_MAX = 1e6;

/** What eligibility needs of a person, as it lies in memory. */
export interface PackedPerson {
  readonly wantsAndIntent: number;
  readonly acceptsAndGender: number;
  readonly ageMin: number;
  readonly ageMax: number;
  readonly birthDay: number;
  readonly facts: number;
  readonly dealbreakers: number;
  readonly radiusKm: number;
  readonly point: Point;
  readonly visible: boolean;
}

/** What scoring needs of a person, as it lies in memory. */
export interface PackedTraits {
  /** A 32-bit float. */
  readonly price: number;
  /** The upper halves of 32-bit floats. */
  readonly likesScale: number;
  readonly isScale: number;
  /** In steps of 1/2048. */
  readonly actorBias: number;
  readonly targetBias: number;
  /** is, then likes. */
  readonly vectors: Int8Array;
}

/**
 * A user as the index keeps them, at the place where they are seen now.
 * @throws {EngineFault} `person.invalid`: a field is out of range; the message names it
 * @throws {EngineFault} `place.invalid`: the place is not on Earth
 */
export function packPerson(person: Person): PackedPerson {
  const { wants } = person;
  const gender = genderBits[person.gender];
  const intent = person.intent === null ? NO_INTENT : intentBits[person.intent];
  const wanted = mask(wants.genders, genderBits, "wants.genders");
  const accepted = wants.intents.length === 0 ? ANY_INTENT : mask(wants.intents, intentBits, "wants.intents");
  if (gender === undefined) throw new EngineFault("person.invalid", "gender");
  if (intent === undefined) throw new EngineFault("person.invalid", "intent");
  if (wanted === 0) throw new EngineFault("person.invalid", "wants.genders is empty");
  whole(person.birthDay, 0, DAY_MAX, "birthDay");
  whole(person.facts, 0, 0xffff, "facts");
  whole(wants.dealbreakers, 0, 0xffff, "wants.dealbreakers");
  whole(wants.ageMin, 0, AGE_MAX, "wants.ageMin");
  whole(wants.ageMax, wants.ageMin, AGE_MAX, "wants.ageMax");
  whole(wants.radiusKm, 1, RADIUS_MAX_KM, "wants.radiusKm");
  if (!["visible", "paused", "hidden"].includes(person.visibility)) throw new EngineFault("person.invalid", "visibility");
  checkPlace(person.home);
  return {
    wantsAndIntent: wanted | (intent << 3),
    acceptsAndGender: accepted | (gender << 5),
    ageMin: wants.ageMin,
    ageMax: wants.ageMax,
    birthDay: person.birthDay,
    facts: person.facts,
    dealbreakers: wants.dealbreakers,
    radiusKm: wants.radiusKm,
    point: packPlace(placeNow(person)),
    visible: person.visibility === "visible",
  };
}

/**
 * A place as a point in the index's fixed-point units.
 * @throws {EngineFault} `place.invalid`: the place is not on Earth
 */
export function packPlace(place: SnappedPosition): Point {
  checkPlace(place);
  return pointOf(place);
}

function checkPlace({ lat, lon }: SnappedPosition): void {
  if (!(Math.abs(lat) <= 90)) throw new EngineFault("place.invalid", "lat");
  if (!(Math.abs(lon) <= 180)) throw new EngineFault("place.invalid", "lon");
}

function mask(names: readonly string[], bits: Readonly<Record<string, number>>, field: string): number {
  let all = 0;
  for (const name of names) {
    const bit = bits[name];
    if (bit === undefined) throw new EngineFault("person.invalid", field);
    all |= bit;
  }
  return all;
}

function whole(value: number, least: number, most: number, field: string): void {
  if (!Number.isInteger(value) || value < least || value > most) throw new EngineFault("person.invalid", field);
}

/**
 * Traits as the index keeps them, rounded.
 * @throws {EngineFault} `traits.invalid`: a field is out of range; the message names it
 */
export function packTraits(traits: Traits): PackedTraits {
  const vectors = new Int8Array(2 * DIMENSIONS);
  const isScale = quantize(traits.is, vectors.subarray(0, DIMENSIONS), "is");
  const likesScale = quantize(traits.likes, vectors.subarray(DIMENSIONS), "likes");
  const price = Math.max(PRICE_LEAST, Math.fround(traits.price));
  if (!(traits.price > 0 && price <= PRICE_MAX)) throw new EngineFault("traits.invalid", "price");
  return {
    price,
    likesScale,
    isScale,
    actorBias: bias(traits.actorBias, "actorBias"),
    targetBias: bias(traits.targetBias, "targetBias"),
    vectors,
  };
}

/** Whoever nobody knows anything about yet. */
export function neutralTraits(): Traits {
  return { likes: new Float32Array(DIMENSIONS), is: new Float32Array(DIMENSIONS), actorBias: 0, targetBias: 0, price: 1 };
}

function bias(value: number, field: string): number {
  if (!(Math.abs(value) <= BIAS_MAX)) throw new EngineFault("traits.invalid", field);
  return Math.max(-32_768, Math.min(32_767, Math.round(value / BIAS_STEP)));
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** Rounds a vector to int8 and answers the upper half of its scale; the scale is rounded up first, so that 127 steps always reach. */
function quantize(vector: Float32Array, into: Int8Array, field: string): number {
  if (vector.length !== DIMENSIONS) throw new EngineFault("traits.invalid", `${field} has not ${DIMENSIONS} components`);
  let largest = 0;
  for (const value of vector) {
    if (!(Math.abs(value) <= 1e3)) throw new EngineFault("traits.invalid", field);
    largest = Math.max(largest, Math.abs(value));
  }
  if (largest < 1e-20) return 0;
  float[0] = largest / 127;
  const upper = ((word[0] as number) + 0xffff) >>> 16;
  const scale = scaleOf(upper);
  for (let i = 0; i < DIMENSIONS; i++) into[i] = Math.round((vector[i] as number) / scale);
  return upper;
}

/** The scale whose upper half this is. */
export function scaleOf(upper: number): number {
  word[0] = upper << 16;
  return float[0] as number;
}

// A price is a float from 2^-43 on. Its code is its bits from the tenth of the mantissa up, without those that no such price has: what has a higher code
// is worth more. The rest is needed only for exact scores.
const PRICE_LEAST = 2 ** -43;
const PRICE_BASE = (127 - 43) << 23;
const PRICE_SHIFT = 13;

/** Sixteen bits by which the filter compares prices. */
export function priceCode(price: number): number {
  float[0] = price;
  return ((word[0] as number) - PRICE_BASE) >>> PRICE_SHIFT;
}

/** The thirteen bits of a price that its code leaves out. */
export function priceRest(price: number): number {
  float[0] = price;
  return (word[0] as number) & ((1 << PRICE_SHIFT) - 1);
}

/** The price of a code and a rest. */
export function priceOf(code: number, rest: number): number {
  word[0] = (code << PRICE_SHIFT) + PRICE_BASE + rest;
  return float[0] as number;
}

/** A code of which no price has a lower one that is at least this. */
export function priceCodeBelow(price: number): number {
  // A little less than it is, because a float may have rounded it up.
  float[0] = price * 0.999999;
  return Math.min(Math.max(0, ((word[0] as number) - PRICE_BASE) >> PRICE_SHIFT), 0xffff);
}

/** What is left of traits after rounding: the numbers that scores are computed from. */
export function unpackTraits({ price, likesScale, isScale, actorBias, targetBias, vectors }: PackedTraits): Traits {
  const widen = (from: Int8Array, upper: number): Float32Array => Float32Array.from(from, (value) => value * scaleOf(upper));
  return {
    likes: widen(vectors.subarray(DIMENSIONS), likesScale),
    is: widen(vectors.subarray(0, DIMENSIONS), isScale),
    actorBias: actorBias * BIAS_STEP,
    targetBias: targetBias * BIAS_STEP,
    price,
  };
}
