import type { UserId } from "@pendo/contract/ids";
import { randomIds } from "@pendo/core/ports/ids/ids";
import { distanceKm } from "@pendo/core/rules/distance";
import { dice } from "../people/dice.ts";
import { type Character, persona } from "../people/personas.ts";

/** Somebody of the population who has an account. */
export interface Settler {
  readonly userId: UserId;
  readonly person: Character;
  readonly joinedAt: Date;
  readonly activeAt: Date;
}

const DAY_MS = 86_400_000;
const OLDEST_DAYS = 540;

/** Settles the n-th person: joined in the last year and a half, more of them lately, and most were here this week. */
export function settle(n: number, seed: number, now: Date, userId?: UserId): Settler {
  const person = persona(n, seed);
  const thrown = dice("settle", seed, n);
  const joinedDays = OLDEST_DAYS * thrown.next() ** 1.6;
  const awayDays = Math.min(joinedDays, -Math.log(1 - thrown.next()) * 5);
  const joinedAt = new Date(now.getTime() - joinedDays * DAY_MS);
  return { userId: userId ?? idAt<UserId>(joinedAt), person, joinedAt, activeAt: new Date(now.getTime() - awayDays * DAY_MS) };
}

/** An id that could have been made at that time: UUIDv7 begins with its milliseconds. */
export function idAt<Id extends string>(at: Date): Id {
  const time = at.getTime().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}${randomIds.next<Id>().slice(13)}` as Id;
}

/** Whether each may be shown to the other. */
export function suit(a: Settler, b: Settler): boolean {
  return wants(a.person, b.person) && wants(b.person, a.person);
}

function wants({ wants: wanted, intents, ...self }: Character, other: Character): boolean {
  return (
    wanted.genders.includes(other.gender) &&
    other.age >= wanted.ageMin &&
    other.age <= wanted.ageMax &&
    (intents.length === 0 || intents.includes(other.intent)) &&
    distanceKm(self, other) <= wanted.radiusKm
  );
}
