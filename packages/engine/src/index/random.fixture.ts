import type { UserId } from "@pendo/contract/ids";
import type { Intent, Gender } from "@pendo/contract/profile";
import { dayOf } from "../eligibility/age.ts";
import { DIMENSIONS, type Person, type SnappedPosition, type Traits } from "./population.ts";

export const TODAY = dayOf("2026-02-28");

export function userIdOf(number: number): UserId {
  return `01890000-${(number >>> 16).toString(16).padStart(4, "0")}-7000-8000-${number.toString(16).padStart(12, "0")}` as UserId;
}

const genders: readonly Gender[] = ["woman", "man", "nonbinary"];
const intents: readonly Intent[] = ["relationship", "casual", "friendship", "unsure"];

function some<T>(from: readonly T[], chance: number, random: () => number): T[] {
  return from.filter(() => random() < chance);
}

/** Somebody who wants and is anything, near this place. */
export function randomPerson(number: number, around: SnappedPosition, random: () => number): Person {
  const ageMin = 18 + Math.floor(random() * 30);
  const wanted = some(genders, 0.6, random);
  const near = (): SnappedPosition => ({
    lat: Math.max(-90, Math.min(90, around.lat + (random() - 0.5) * 0.6)),
    lon: ((((around.lon + (random() - 0.5) * 0.6 + 180) % 360) + 360) % 360) - 180,
  });
  const draw = random();
  return {
    userId: userIdOf(number),
    birthDay: TODAY - Math.floor(365.25 * (18 + random() * 50)) - (random() < 0.1 ? 0 : Math.floor(random() * 365)),
    gender: genders[Math.floor(random() * 3)] ?? "woman",
    intent: random() < 0.2 ? null : (intents[Math.floor(random() * 4)] ?? null),
    facts: random() < 0.5 ? 1 << Math.floor(random() * 16) : 0,
    wants: {
      genders: wanted.length > 0 ? wanted : ["woman"],
      ageMin,
      ageMax: ageMin + Math.floor(random() * 50),
      radiusKm: 2 + Math.floor(random() ** 3 * 498),
      intents: random() < 0.6 ? [] : some(intents, 0.5, random),
      dealbreakers: random() < 0.3 ? 1 << Math.floor(random() * 16) : 0,
    },
    home: near(),
    travel: random() < 0.05 ? near() : null,
    visibility: draw < 0.9 ? "visible" : draw < 0.95 ? "paused" : "hidden",
  };
}

/** Traits of a spread that learning would give. */
export function randomTraits(random: () => number): Traits {
  const vector = () => Float32Array.from({ length: DIMENSIONS }, () => (random() + random() - 1) * 0.6);
  return { likes: vector(), is: vector(), actorBias: random() * 4 - 3, targetBias: random() * 4 - 2, price: 0.2 + random() * 2 };
}
