import type { PersonRow } from "./input.ts";
import type { UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { EngineState } from "./engineState.ts";

const NOW_MS = Date.UTC(2026, 5, 1);
const daysAgo = (days: number): Date => new Date(NOW_MS - days * 86_400_000);
let people = 0;
const person = (about: Partial<PersonRow> = {}): PersonRow => ({
  ...{ userId: `00000000-0000-4000-8000-${String(++people).padStart(12, "0")}` as UserId, birthDate: "1995-05-05", gender: "woman" },
  ...{ intent: null, interests: [], lat: 52.5, lon: 13.4, travelLat: null, travelLon: null, genders: ["woman"], ageMin: 18, ageMax: 99 },
  ...{ radiusKm: 100, intents: [], shown: true, createdAt: daysAgo(100), lastActiveAt: daysAgo(0), boosted: false },
  ...about,
});

test("decks go by these weights: boosted before near and here, then far, then away", () => {
  const refused: string[] = [];
  const state = new EngineState({ bytesMax: 2 ** 30, refused: (code) => void refused.push(code) });
  const [viewer, boosted, near, far, away] = [
    person(),
    person({ boosted: true }),
    person(),
    person({ lat: 52.5 + 12 / 111.32 }),
    person({ lastActiveAt: daysAgo(60) }),
  ] as const;
  state.putPeople([], [far, away, near, boosted, viewer, person({ birthDate: "1995-02-31" })], NOW_MS);
  expect(state.deckOf(viewer.userId, { nowMs: NOW_MS, size: 10, seed: 1 })).toEqual([boosted, near, far, away].map(({ userId }) => userId));
  expect(refused).toEqual(["person.invalid"]);
  // A boost that is over weighs no more, and what was learned meanwhile stays.
  state.putPeople([], [{ ...boosted, boosted: false, lastActiveAt: daysAgo(90) }], NOW_MS);
  expect(state.deckOf(viewer.userId, { nowMs: NOW_MS, size: 10, seed: 1 })?.at(0)).toBe(near.userId);
});
