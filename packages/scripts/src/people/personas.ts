import type { Gender, Intent } from "@pendo/contract/profile";
import { answersOf } from "./answers.ts";
import { bioOf, jobOf } from "./bios.ts";
import { byRank, cities as allCities, type City } from "./cities.ts";
import { type Dice, dice } from "./dice.ts";
import { fromAge, interests as allInterests } from "./interests.ts";
import { type Culture, nameOf } from "./names.ts";
import type { Persona } from "./person.ts";

/** Somebody of the population: what they will say when they join, and what only a writer knows of them. */
export interface Character extends Omit<Persona, "photos"> {
  readonly n: number;
  readonly city: City;
  readonly culture: Culture;
  /** On the day of reference. */
  readonly age: number;
  readonly job: string | null;
  readonly heightCm: number | null;
  readonly photoCount: number;
  /** Whom they mean with a preference; empty is any. */
  readonly intents: readonly Intent[];
  /** How much others like what they see, in [0, 1): most are in the middle. */
  readonly charm: number;
  /** How often they like somebody, in (0, 1). */
  readonly openness: number;
}

// A day in the past, so that the population is the same whenever it is made, and everybody is of age.
const REFERENCE = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const AGE_MAX = 75;
const CITIES_FIRST = 2;
const CITY_OPENS_EVERY = 75;

export interface PopulationOptions {
  /** Where people live, instead of everywhere. */
  readonly cities?: readonly City[];
  readonly emailDomain?: string;
}

/** The n-th person of a population, counted from 1. The same seed makes the same people, in whichever order they are asked for. */
export function persona(
  n: number,
  seed: number,
  { cities = allCities, emailDomain = "seed.pendo.test" }: PopulationOptions = {},
): Character {
  const thrown = dice("person", seed, n);
  // Cities open one after another, so that a small population has neighbours too.
  const city = thrown.weighted(byRank(cities.slice(0, CITIES_FIRST + Math.floor(n / CITY_OPENS_EVERY))));
  const culture = thrown.weighted(city.cultures);
  const gender = thrown.weighted<Gender>([
    ["woman", 48],
    ["man", 49],
    ["nonbinary", 3],
  ]);
  const age = ageOf(thrown);
  const job = jobOf(thrown, age);
  const likings = likingsOf(thrown, age);
  const intent = thrown.weighted<Intent>([
    ["relationship", age > 30 ? 6 : 4],
    ["casual", 2],
    ["friendship", 1],
    ["unsure", 2],
  ]);
  return {
    n,
    city,
    culture,
    age,
    gender,
    job,
    intent,
    email: `person-${n}@${emailDomain}`,
    name: nameOf(thrown, culture, gender),
    birthDate: birthDateOf(thrown, age),
    heightCm: thrown.chance(0.35) ? null : Math.round(Math.min(205, Math.max(148, thrown.normal(gender === "man" ? 178 : 166, 7)))),
    bio: bioOf(dice("bio", seed, n), { age, city: city.name, job, interests: likings }),
    interests: likings,
    prompts: answersOf(
      dice("answers", seed, n),
      thrown.weighted([
        [0, 2],
        [1, 3],
        [2, 6],
        [3, 4],
      ]),
    ),
    ...placeIn(thrown, city),
    wants: { genders: gendersFor(thrown, gender), ...agesFor(thrown, gender, age), radiusKm: thrown.weighted(radii) },
    intents: intentsFor(thrown, intent),
    photoCount: thrown.weighted([
      [1, 3],
      [2, 4],
      [3, 3],
      [4, 2],
    ]),
    charm: Math.min(0.999, Math.max(0, thrown.normal(0.5, 0.2))),
    openness: Math.min(0.9, Math.max(0.1, thrown.normal(gender === "man" ? 0.5 : 0.35, 0.15))),
  };
}

const radii = [
  [10, 2],
  [15, 2],
  [20, 4],
  [25, 5],
  [30, 6],
  [40, 5],
  [50, 8],
  [60, 3],
  [80, 3],
  [100, 4],
  [120, 1],
  [150, 2],
] as const;

/** Log-normal over 18: most are in their late twenties, and there is somebody of every age. */
function ageOf(thrown: Dice): number {
  for (;;) {
    const age = 18 + Math.floor(Math.exp(thrown.normal(Math.log(13), 0.6)));
    if (age <= AGE_MAX) return age;
  }
}

/** A birthday with which somebody is that old on the day of reference. */
function birthDateOf(thrown: Dice, age: number): string {
  const turned = new Date(REFERENCE);
  turned.setUTCFullYear(turned.getUTCFullYear() - age);
  return new Date(turned.getTime() - thrown.int(0, 364) * DAY_MS).toISOString().slice(0, 10);
}

function likingsOf(thrown: Dice, age: number): string[] {
  const open = Object.keys(allInterests).filter((interest) => age >= (fromAge[interest] ?? 0));
  return thrown.sample(open, thrown.int(2, 7));
}

/** Most like the other gender, some their own, some several; about a quarter of all do not mind either way about non-binary people. */
function gendersFor(thrown: Dice, gender: Gender): Gender[] {
  const everybody: Gender[] = ["woman", "man", "nonbinary"];
  if (gender === "nonbinary")
    return thrown.weighted([
      [everybody, 6],
      [["woman", "nonbinary"], 2],
      [["man", "nonbinary"], 2],
    ]);
  const other = gender === "woman" ? "man" : "woman";
  const bothShare = gender === "woman" ? 9 : 5;
  const wanted = thrown.weighted<Gender[]>([
    [[other], 86],
    [[gender], 6],
    [["woman", "man"], bothShare],
  ]);
  return thrown.chance(wanted.length > 1 ? 0.8 : 0.25) ? [...wanted, "nonbinary"] : wanted;
}

function agesFor(thrown: Dice, gender: Gender, age: number): { ageMin: number; ageMax: number } {
  // The older, the wider; men look a little further down, women a little further up.
  const reach = 3 + (age - 18) * 0.15;
  const shift = gender === "man" ? -1.5 : gender === "woman" ? 1.5 : 0;
  const ageMin = Math.round(age - reach - thrown.next() * 5 + shift);
  const ageMax = Math.round(age + reach + thrown.next() * 6 + shift);
  return { ageMin: Math.max(18, Math.min(age, ageMin)), ageMax: Math.min(99, Math.max(age + 2, ageMax)) };
}

function intentsFor(thrown: Dice, intent: Intent): Intent[] {
  if (!thrown.chance(0.2)) return [];
  return intent === "unsure" ? ["relationship", "casual", "unsure"] : [intent, "unsure"];
}

function placeIn(thrown: Dice, city: City): { lat: number; lon: number } {
  const kmPerDegree = 111.2;
  const lat = city.lat + thrown.normal(0, city.spreadKm) / kmPerDegree;
  const lon = city.lon + thrown.normal(0, city.spreadKm) / (kmPerDegree * Math.cos((city.lat * Math.PI) / 180));
  return { lat: Math.round(lat * 1e5) / 1e5, lon: Math.round(lon * 1e5) / 1e5 };
}
