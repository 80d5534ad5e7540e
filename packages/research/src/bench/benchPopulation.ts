import type { UserId } from "@pendo/contract/ids";
import type { Gender, Intent } from "@pendo/contract/profile";
import { dayOf } from "@pendo/engine/eligibility/age";
import { DIMENSIONS, type Person, type Traits } from "@pendo/engine/index/population";
import { normal, seeded } from "@pendo/engine/random";

export const TODAY = dayOf("2026-03-01");

const CITIES = 20;
const GENDERS: readonly Gender[] = ["woman", "man", "nonbinary"];
const INTENTS: readonly Intent[] = ["relationship", "casual", "friendship"];
const RADII = [5, 10, 15, 25, 30, 50, 80, 160];
const SEEN_MAX = 1500;

export interface Seen {
  readonly number: number;
  readonly liked: boolean;
  /** Of a pass: the day. */
  readonly day: number;
}

/** A population that is the same in every run. Everybody is computed from their number, so that ten million need no memory of their own. */
export interface Population {
  readonly size: number;
  person(number: number): Person;
  traits(number: number): Traits;
  /** Whom somebody has swiped: likes for good, and passes of the last thirty days, all in their own city. */
  seen(number: number): Seen[];
}

/**
 * Twenty cities whose sizes follow Zipf's law, with suburbs; most want the other gender, of about their age. Numbers are given city by city, as a load in
 * the order of the curve gives rows. `seenMedian` is the median of how many people somebody has swiped; the mean is half as much again.
 */
export function population(size: number, { seed = 1, seenMedian = 100 }: { seed?: number; seenMedian?: number } = {}): Population {
  const cityRandom = randomOf(seed, 0xffffffff);
  const cities = Array.from({ length: CITIES }, () => ({ lat: 44 + 6 * cityRandom(), lon: -1 + 7 * cityRandom() }));
  const harmonic = cities.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  const starts = [0];
  for (let i = 0; i < CITIES; i++) starts.push(i === CITIES - 1 ? size : Math.round((starts[i] as number) + size / (i + 1) / harmonic));
  const cityOf = (number: number): number => starts.findLastIndex((start) => start <= number);
  return {
    size,
    person: (number) => personAt(number, cities[Math.min(CITIES - 1, cityOf(number))] ?? { lat: 0, lon: 0 }, randomOf(seed, number * 3)),
    traits: (number) => traitsOf(randomOf(seed, number * 3 + 1)),
    seen: (number) => {
      const city = Math.min(CITIES - 1, cityOf(number));
      return seenBy(randomOf(seed, number * 3 + 2), starts[city] as number, starts[city + 1] as number, seenMedian);
    },
  };
}

/** The id of the user with this number, the same in each run. Ids ascend with their numbers, up to 2³². */
export function userIdOf(number: number): UserId {
  // The last bits of a real one are random, which is what the index hashes; here they are the number, mixed.
  const low = (Math.imul(number ^ 0x5bd1e995, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
  return `0198${number.toString(16).padStart(8, "0").slice(0, 4)}-${number.toString(16).padStart(8, "0").slice(4)}-7000-8000-0000${low}` as UserId;
}

function personAt(number: number, city: { lat: number; lon: number }, random: () => number): Person {
  const gauss = () => normal(random);
  const spreadKm = random() < 0.25 ? 22 : 7;
  const lat = city.lat + (gauss() * spreadKm) / 111;
  const lon = city.lon + (gauss() * spreadKm) / (111 * Math.cos((city.lat * Math.PI) / 180));
  const draw = random();
  const gender = GENDERS[draw < 0.52 ? 0 : draw < 0.97 ? 1 : 2] ?? "woman";
  const age = Math.max(18, Math.min(75, Math.round(29 + 8 * gauss() + (random() < 0.2 ? 12 * random() : 0))));
  const width = 3 + Math.floor(random() * 9);
  const intent = INTENTS[Math.floor(random() * 3)] ?? "casual";
  const facts = bits(12, 0.22, random);
  const dealbreakers = Array.from({ length: Math.floor(random() * 3) }, () => 1 << Math.floor(random() * 12)).reduce(
    (all, bit) => all | bit,
    0,
  );
  return {
    userId: userIdOf(number),
    birthDay: TODAY - Math.floor(age * 365.25) - Math.floor(random() * 365),
    gender,
    intent,
    facts,
    wants: {
      genders: gendersWanted(gender, random),
      ageMin: Math.max(18, age - width - (gender === "woman" ? 2 : 0)),
      ageMax: Math.min(99, age + width + (gender === "man" ? 3 : 0)),
      radiusKm: RADII[Math.floor(random() * RADII.length)] ?? 50,
      intents: random() < 0.15 ? [] : random() < 0.45 ? [...new Set([intent, INTENTS[Math.floor(random() * 3)] ?? intent])] : [intent],
      dealbreakers: random() < 0.8 ? dealbreakers & ~facts : dealbreakers,
    },
    home: { lat, lon },
    travel: null,
    visibility: "visible",
  };
}

function gendersWanted(gender: Gender, random: () => number): Gender[] {
  const draw = random();
  if (gender === "nonbinary") {
    const mask = 1 + Math.floor(random() * 7);
    return GENDERS.filter((_, i) => ((mask >> i) & 1) === 1);
  }
  if (draw < 0.88) return [gender === "woman" ? "man" : "woman"];
  return draw < 0.94 ? [gender] : [...GENDERS];
}

function traitsOf(random: () => number): Traits {
  // Of length two each, so that their product is four times the cosine between them.
  const vector = (): Float32Array => {
    const values = new Float32Array(DIMENSIONS);
    let squares = 0;
    for (let i = 0; i < DIMENSIONS; i++) {
      const value = random() + random() - 1;
      values[i] = value;
      squares += value * value;
    }
    const scale = 2 / Math.sqrt(squares);
    for (let i = 0; i < DIMENSIONS; i++) values[i] = (values[i] as number) * scale;
    return values;
  };
  return { likes: vector(), is: vector(), actorBias: 0, targetBias: 0, price: 0.5 + random() };
}

function seenBy(random: () => number, from: number, until: number, median: number): Seen[] {
  const count = Math.min(SEEN_MAX, until - from, Math.round(Math.exp(Math.log(median) + 0.9 * normal(random))));
  const numbers = new Set<number>();
  for (let tries = 0; numbers.size < count && tries < 4 * count; tries++) numbers.add(from + Math.floor(random() * (until - from)));
  return [...numbers].map((number) => ({ number, liked: random() < 0.4, day: TODAY - Math.floor(random() * 30) }));
}

function bits(count: number, chance: number, random: () => number): number {
  let mask = 0;
  for (let i = 0; i < count; i++) if (random() < chance) mask |= 1 << i;
  return mask;
}

/** A stream of numbers for each number (mulberry32 from a mixed seed). */
export function randomOf(seed: number, stream: number): () => number {
  let state = Math.imul(stream ^ (seed * 0x9e3779b1), 0x85ebca6b);
  state ^= state >>> 15;
  return seeded(state);
}
