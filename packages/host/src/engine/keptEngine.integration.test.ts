import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserId } from "@pendo/contract/ids";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addCrowd } from "@pendo/core/swipes/people.fixture";
import * as swipes from "@pendo/core/swipes/swipes";
import { afterAll, afterEach, expect, test } from "vitest";
import { type KeptEngine, keepEngine } from "./keptEngine.ts";

const db = testDb();
const ports = testPorts(db);
const root = mkdtempSync(join(tmpdir(), "pendo-engine-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const lines: string[] = [];
let engine: KeptEngine | undefined;
afterEach(() => engine?.stop());

function kept(databaseUrl = testDbUrl(testDbName(db))): KeptEngine {
  const settings = { databaseUrl, directory: join(root, "engine"), memoryMb: 64, snapshotSec: 3600 };
  engine = keepEngine({ ...settings, clock: ports.clock, say: (line) => void lines.push(line) });
  engine.start();
  return engine;
}

const readiness = (of: KeptEngine) => expect.poll(() => of.isReady(), { interval: 20 });

test("while the process is away decks are SQL's, which is said; it comes back by itself, knowing what it missed", async () => {
  const [me, first, second] = (await addCrowd(db, 20)) as [UserId, UserId, UserId];
  const running = kept();
  expect(await running.deck(me)).toBe(null);
  await readiness(running).toBe(true);
  expect(await running.deck(me)).toHaveLength(19);

  await swipes.record(ports, { swiperId: me, targetId: first, action: "like" });
  await running.apply((await ports.facts("swipe.recorded")) as never);
  expect(await running.deck(me)).not.toContain(first);

  const asked = running.apply((await ports.facts("swipe.recorded")) as never);
  const child = running.child();
  const ended = child && once(child, "exit");
  child?.kill("SIGABRT");
  await ended;
  // Nobody who waits for it waits for ever.
  await asked;
  expect([running.isReady(), await running.deck(me)]).toEqual([false, null]);
  expect(lines.join("\n")).toContain("Decks come from SQL until it is back");
  await swipes.record(ports, { swiperId: me, targetId: second, action: "pass" });
  await running.apply([]);
  await readiness(running).toBe(true);
  expect(lines.join("\n")).toContain("is back");
  expect(await running.deck(me)).toHaveLength(17);
});

test("it goes by the host's clock, and a last snapshot is there when it has stopped", async () => {
  const [me, other] = (await addCrowd(db, 2)) as [UserId, UserId];
  const running = kept();
  await readiness(running).toBe(true);
  await swipes.record(ports, { swiperId: me, targetId: other, action: "pass" });
  await running.apply((await ports.facts("swipe.recorded")) as never);
  expect(await running.deck(me)).not.toContain(other);
  ports.clock.advance(32 * 86_400_000);
  expect(await running.deck(me)).toContain(other);
  await running.stop();
  const again = kept();
  await readiness(again).toBe(true);
  expect(await again.deck(me)).toContain(other);
});

test("a database that does not answer ends the process, and not the host", async () => {
  lines.length = 0;
  const running = kept("postgres://nobody@127.0.0.1:1/none");
  await expect.poll(() => lines.join("\n")).toContain("The matching engine ended");
  expect(await running.deck((await addCrowd(db, 1))[0] as UserId)).toBe(null);
});
