import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserId } from "@pendo/contract/ids";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { seeded } from "@pendo/engine/random";
import { afterAll, expect, test } from "vitest";
import { type EngineService, startEngine } from "./engineService.ts";
import type { EngineState } from "@pendo/engine/state/engineState";
import { traitsIn } from "./reference.fixture.ts";
import { addTown } from "./town.fixture.ts";

const db = testDb();
const ports = testPorts(db);
const root = mkdtempSync(join(tmpdir(), "pendo-day-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function engineIn(directory: string): Promise<EngineService> {
  const engine = await startEngine({
    ...{ db, directory: join(root, directory), memoryMb: 64, snapshotSec: 3600 },
    ...{ now: () => ports.clock.now(), chance: () => 0.5, say: () => {} },
  });
  await engine.beReady();
  return engine;
}

test("each day what time changes is reckoned anew, as by an engine that starts that day, however many days it looked at nobody", async () => {
  const people = await addTown(ports, 30, seeded(6));
  const [gone, leaving] = people;
  const daysAgo = (days: number): Date => new Date(ports.clock.now().getTime() - days * 86_400_000);
  await db`update users set created_at = ${daysAgo(3)}, last_active_at = ${ports.clock.now()}`;
  await db`update users set created_at = ${daysAgo(100)}, last_active_at = ${daysAgo(90)} where id = ${gone as string}`;
  // Of this one time changes nothing more after some of the days that are left out.
  await db`update users set created_at = ${daysAgo(100)}, last_active_at = ${daysAgo(66)} where id = ${leaving as string}`;
  // Of those two the weight still falls, by less than a hundredth in all, and is not followed any more.
  const told = (state: EngineState): Map<UserId, unknown> =>
    new Map(
      [...traitsIn(state, ports.clock.now())].map(([userId, traits]) => [
        userId,
        userId === gone || userId === leaving ? { ...traits, price: null } : traits,
      ]),
    );
  const engine = await engineIn("kept");
  for (const days of [1, 1, 9]) {
    const before = told(engine.state);
    ports.clock.advance(days * 86_400_000);
    await engine.beReady();
    const after = told(engine.state);
    expect(after).toEqual(told((await engineIn(`fresh ${ports.clock.now().getTime()}`)).state));
    expect(after.get(gone as never)).toEqual(before.get(gone as never));
    expect([...after].filter(([userId, traits]) => JSON.stringify(traits) !== JSON.stringify(before.get(userId))).length).toBeGreaterThan(
      25,
    );
  }
});
