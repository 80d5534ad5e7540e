import { DAY_MS } from "@pendo/engine/eligibility/age";
import { seeded } from "@pendo/engine/random";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { EngineState } from "@pendo/engine/state/engineState";
import { readSnapshot, writeSnapshot } from "./snapshotFile.ts";
import { answer, idOf, NOON_MS, stateOf } from "@pendo/engine/state/stateTown.fixture";

const PEOPLE = 80;
const directory = mkdtempSync(join(tmpdir(), "pendo-passes-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A town in which people have swiped the day before. */
function town(seed: number): EngineState {
  const random = seeded(seed);
  const any = (): number => Math.floor(random() * PEOPLE);
  const { state } = stateOf(PEOPLE, () => ({
    interests: [["jazz"], ["chess", "film"], []][Math.floor(random() * 3)] ?? [],
    lat: 52.45 + random() * 0.1,
    lon: 13.3 + random() * 0.1,
  }));
  for (let i = 0; i < 400; i++) {
    const [from, to] = [any(), any()];
    if (from !== to) state.putTies([answer(from, to, random() < 0.4 ? "like" : "pass", NOON_MS - DAY_MS + i)], NOON_MS);
  }
  state.settle(NOON_MS);
  return state;
}

const ranked = (state: EngineState, viewer: number, nowMs = NOON_MS) => state.ranked(idOf(viewer), { nowMs, size: PEOPLE, seed: 7 }) ?? [];

for (const seed of [1, 2, 3])
  test(`a pass changes no order and no score in the deck of any other user in memory, with seed ${seed}`, () => {
    const state = town(seed);
    const viewers = [0, 1, 2, 3, 4, 5, 6, 7];
    const before = viewers.map((viewer) => ranked(state, viewer));

    // Every candidate passes on every viewer, but for the viewers themselves.
    for (const viewer of viewers)
      for (let from = viewers.length; from < PEOPLE; from++)
        if (!state.index.ties.between(state.index.rows.of(idOf(from)), state.index.rows.of(idOf(viewer)))?.swiped)
          state.putTies([answer(from, viewer, "pass")], NOON_MS);
    state.settle(NOON_MS);

    expect(viewers.map((viewer) => ranked(state, viewer))).toEqual(before);
  });

test("passes are learned from and counted when their day is over, also by a process that was started again meanwhile", async () => {
  const state = town(4);
  const { learned } = state.learning;
  const swipesOf = (of: EngineState): number => of.ledger.countsOf(of.index.rows.of(idOf(50))).swipes;
  const before = swipesOf(state);
  for (let to = 0; to < 10; to++) state.putTies([answer(50, to, null), answer(50, to, "pass")], NOON_MS);
  const taken = before - swipesOf(state);
  state.putTies([answer(50, 3, null)], NOON_MS);
  expect(swipesOf(state)).toBe(before - taken);

  await (await writeSnapshot(directory, state, { database: "d", xid: "1" })).keep();
  const back = (await readSnapshot(directory, { bytesMax: 2 ** 30, refused: () => {} }))?.state as EngineState;
  for (const one of [state, back]) one.settle(NOON_MS + DAY_MS);

  expect([swipesOf(state), swipesOf(back)]).toEqual([before - taken + 9, before - taken + 9]);
  expect(back.learning.learned).toBe(state.learning.learned);
  expect(state.learning.learned).toBeGreaterThan(learned);
});
