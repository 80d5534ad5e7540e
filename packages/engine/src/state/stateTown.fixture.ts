import type { SwipeAction } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import type { AnswerRow, PersonRow } from "./input.ts";
import { DAY_MS } from "../eligibility/age.ts";
import { EngineState } from "./engineState.ts";

/** A noon, so that no test runs over midnight. */
export const NOON_MS = Date.UTC(2026, 5, 1, 12);

export const idOf = (at: number): UserId => `00000000-0000-7000-8000-${at.toString(16).padStart(12, "0")}` as UserId;

/** The row of somebody in the middle of one town, who wants anybody, and has long been here. */
export function personRow(at: number, row: Partial<PersonRow> = {}): PersonRow {
  return {
    userId: idOf(at),
    birthDate: "1995-05-05",
    gender: "woman",
    intent: null,
    interests: [],
    lat: 52.52,
    lon: 13.4,
    travelLat: null,
    travelLon: null,
    genders: ["woman", "man", "nonbinary"],
    ageMin: 18,
    ageMax: 99,
    radiusKm: 50,
    intents: [],
    shown: true,
    createdAt: new Date(NOON_MS - 100 * DAY_MS),
    lastActiveAt: new Date(NOON_MS),
    boosted: false,
    ...row,
  };
}

/** A state of so many people like this, with what it refused. */
export function stateOf(count: number, row: (at: number) => Partial<PersonRow> = () => ({})): { state: EngineState; refused: string[] } {
  const refused: string[] = [];
  const state = new EngineState({ bytesMax: 2 ** 30, refused: (code) => void refused.push(code) });
  state.putPeople(
    [],
    Array.from({ length: count }, (_, at) => personRow(at, row(at))),
    NOON_MS,
  );
  return { state, refused };
}

export function answer(from: number, to: number, action: SwipeAction | "answered" | null, atMs = NOON_MS): AnswerRow {
  return { swiperId: idOf(from), targetId: idOf(to), action, at: action === null ? null : new Date(atMs) };
}
