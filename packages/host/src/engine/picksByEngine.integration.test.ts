import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserId } from "@pendo/contract/ids";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { seeded } from "@pendo/engine/random";
import { afterAll, expect, test } from "vitest";
import { type Engine, type EngineService, startEngine } from "./engineService.ts";
import { picksByEngine } from "./picksByEngine.ts";
import { referenceOf } from "./reference.fixture.ts";
import { addTown } from "./town.fixture.ts";

const db = testDb();
const ports = testPorts(db);
const directory = mkdtempSync(join(tmpdir(), "pendo-engine-"));
let engine: EngineService | undefined;
afterAll(async () => {
  await engine?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const DAY_MS = 86_400_000;
/** Everybody was here today, and it is half past nine of the next day. */
async function nextMorning(): Promise<void> {
  const now = ports.clock.now().getTime();
  ports.clock.advance(Math.floor(now / DAY_MS) * DAY_MS + DAY_MS + 9.5 * 3_600_000 - now);
  await db`update users set last_active_at = ${ports.clock.now()}`;
}

async function made(by: Engine): Promise<{ picks: Map<UserId, UserId[]>; pairs: number }> {
  await picksByEngine(by)(ports as never);
  const rows = await db<{ userId: UserId; pickId: UserId }[]>`select user_id, pick_id from daily_picks order by user_id, place`;
  const [{ pairs }] = await db<[{ pairs: number }]>`select count(*)::int as pairs from daily_pairs where until > ${ports.clock.now()}`;
  const picks = new Map<UserId, UserId[]>();
  for (const { userId, pickId } of rows) picks.set(userId, [...(picks.get(userId) ?? []), pickId]);
  return { picks, pairs };
}

test("where an engine runs the day's picks are its own ranking, for a whole town at once; SQL's for whom it does not know and while it is away", async () => {
  await addTown(ports, 600, seeded(5));
  await nextMorning();
  const started = await startEngine({
    ...{ db, directory, memoryMb: 256, snapshotSec: 3600 },
    ...{ now: () => ports.clock.now(), chance: () => 0.5, say: () => {} },
  });
  engine = started;
  const asked: UserId[] = [];
  const watched: Engine = {
    ...started,
    ranked: async (userId, size) => {
      asked.push(userId);
      return await started.ranked(userId, size);
    },
  };
  // It is not ready yet: all is SQL's.
  const bySql = await made(watched);
  expect(asked.length).toBeGreaterThan(500);
  await started.beReady();
  await nextMorning();
  await started.beReady();
  const byEngine = await made(watched);
  const eligible = await referenceOf(db, ports.clock.now());
  let [best, all] = [0, 0];
  for (const [userId, picks] of byEngine.picks) {
    const fitting = eligible.get(userId) ?? [];
    expect(fitting).toEqual(expect.arrayContaining(picks));
    expect(picks).toHaveLength(Math.min(10, fitting.length));
    const ranked = (await started.ranked(userId, 10))?.map((entry) => entry.userId) ?? [];
    best += picks.filter((pick) => ranked.includes(pick)).length;
    all += picks.length;
  }
  // Equals apart, they are the engine's ten best.
  expect(best / all).toBeGreaterThan(0.98);
  expect(byEngine.picks.size).toBe(bySql.picks.size);
  expect(byEngine.pairs).toBeGreaterThan(100);
  // What the comparison would catch: others of those who fit.
  const anybody = [...byEngine.picks.keys()].map((userId) => (eligible.get(userId) ?? []).slice(0, 10));
  const chance = [...byEngine.picks.values()].map((picks, at) => picks.filter((pick) => anybody[at]?.includes(pick)).length);
  expect(chance.reduce((sum, count) => sum + count, 0) / all).toBeLessThan(0.6);
});
