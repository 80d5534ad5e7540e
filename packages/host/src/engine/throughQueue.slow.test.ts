import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserId } from "@pendo/contract/ids";
import { readDeck } from "@pendo/core/discovery/decks";
import type { Delivery } from "@pendo/core/ports/bus/bus";
import { type PgBossBus, pgBossBus } from "@pendo/core/ports/bus/pgBoss";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { testPorts, type TestPorts } from "@pendo/local/testPorts";
import * as swipes from "@pendo/core/swipes/swipes";
import { seeded } from "@pendo/engine/random";
import { queueFunction } from "@pendo/functions/middleware/queue";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostObserver } from "../meters.ts";
import { startWorker, type Worker, type WorkerOptions } from "../worker.ts";
import { type Engine, type EngineService, startEngine } from "./engineService.ts";
import { matchingByEngine } from "./matchingByEngine.ts";
import { indexOf, referenceOf } from "./reference.fixture.ts";
import { expectLearnedInTime } from "./learningTime.fixture.ts";
import { addTown, answeredCount, changesOf, live } from "./town.fixture.ts";

const db = testDb({ max: 12 });
const base = testPorts(db);
const directory = mkdtempSync(join(tmpdir(), "pendo-engine-"));
const random = seeded(4);
const bugs: unknown[] = [];
let bus: PgBossBus;
let ports: TestPorts;
let engine: EngineService;

beforeAll(async () => {
  bus = await pgBossBus({ db, connectionString: testDbUrl(testDbName(db)), clock: base.clock, ids: base.ids });
  ports = { ...base, bus };
  engine = await startEngine({
    ...{ db, directory, memoryMb: 256, snapshotSec: 3600 },
    ...{ now: () => base.clock.now(), chance: random, say: (line) => void bugs.push(line) },
  });
  await engine.beReady();
});
afterAll(async () => {
  await engine.stop();
  await bus.stop();
  rmSync(directory, { recursive: true, force: true });
});

function working(by: Engine, consumer: WorkerOptions["consumer"] = bus): Worker {
  const observer = { ...hostObserver({ level: "off", write: () => {} }), bug: (error: unknown) => void bugs.push(error) };
  const serve = queueFunction("matching", matchingByEngine(by), { ports, clock: ports.clock, ids: ports.ids, observer });
  return startWorker({ consumer, functions: new Map([["matching", serve]]), onError: (error) => void bugs.push(error), pollMs: 50 });
}

const isFirst = (id: string): boolean => !id.startsWith("again ");

/** Delivers every message twice, the second time long after others, and each batch in another order. */
function unruly(): WorkerOptions["consumer"] & { held: Delivery[] } {
  const held: Delivery[] = [];
  const seen = new Set<string>();
  return {
    ...bus,
    held,
    fetch: async (queue, max) => {
      const fresh = await bus.fetch(queue, Math.ceil(max / 2));
      for (const delivery of fresh) if (!seen.has(delivery.id)) held.push({ ...delivery, id: `again ${delivery.id}` });
      for (const { id } of fresh) seen.add(id);
      const again = held.splice(0, fresh.length > 0 ? Math.floor(random() * 5) : held.length);
      return [...fresh, ...again].toSorted(() => random() - 0.5);
    },
    // The queue knows nothing of the second deliveries.
    begin: async (queue, ids) => [...(await bus.begin(queue, ids.filter(isFirst))), ...ids.filter((id) => !isFirst(id))],
    complete: (queue, ids) => bus.complete(queue, ids.filter(isFirst)),
  };
}

test("after concurrent changes, delivered twice and out of order, the index shows everybody exactly whom SQL lets them see", async () => {
  const people = await addTown(ports, 70, random);
  await engine.beReady();
  const changes = changesOf(ports, random);
  const consumer = unruly();
  const worker = working(engine, consumer);
  for (let round = 0; round < 4; round++) {
    const decks = Promise.all(people.slice(0, 20).map((userId) => engine.deck(userId)));
    await live(people, changes, 250, random);
    await decks;
    await worker.idle();
    await expect.poll(() => consumer.held.length, { timeout: 10_000 }).toBe(0);
    await worker.idle();
    const at = ports.clock.now();
    const reference = await referenceOf(db, at);
    expect(indexOf(engine.state, at)).toEqual(reference);
    expect([...reference.values()].flat().length).toBeGreaterThan(100);
    expect(engine.state.answered.size).toBe(await answeredCount(db));
  }
  await worker.stop();
  expect(engine.state.answered.size).toBeGreaterThan(0);
  expect(engine.meters.text(engine.state, true)).not.toContain("refused_total{");
  expect(bugs).toEqual([]);
  // What the comparison would catch: one answer that the index does not have.
  const [viewer, seen] = [...indexOf(engine.state, ports.clock.now())].find(([, others]) => others.length > 0) as [UserId, UserId[]];
  engine.state.putTies(
    [{ swiperId: viewer, targetId: seen[0] as UserId, action: "pass", at: ports.clock.now() }],
    ports.clock.now().getTime(),
  );
  expect(indexOf(engine.state, ports.clock.now())).not.toEqual(await referenceOf(db, ports.clock.now()));
  await db`delete from users`;
  await engine.beReady();
  expect(engine.state.index.size).toBe(0);
});

test("a swipe is out of the next deck, and has moved what is known of the swiper, within a second at p99 through the queue", async () => {
  const people = await addTown(ports, 150, random);
  await db`update profiles set discoverable = true`;
  await engine.beReady();
  const waiting = new Map<string, { swiperId: UserId; targetId: UserId; action: "like" | "pass"; before: unknown; atMs: number }>();
  const tookMs: number[] = [];
  const swipeMs: number[] = [];
  const wrong: string[] = [];
  const watched: Engine = {
    ...engine,
    apply: async (facts) => {
      await engine.apply(facts);
      for (const { type, data } of facts) {
        const swipe = type === "swipe.recorded" ? waiting.get(data.swiperId + data.targetId) : undefined;
        if (!swipe) continue;
        if ((await engine.deck(swipe.swiperId))?.includes(swipe.targetId)) wrong.push("in the next deck");
        // A pass moves nothing until its day is over.
        const isLearned = JSON.stringify(engine.state.index.traitsOf(swipe.swiperId)) !== swipe.before;
        if (!isLearned && swipe.action === "like") wrong.push("learned nothing");
        tookMs.push(performance.now() - swipe.atMs);
      }
    },
  };
  const worker = working(watched);
  const perActor = 60;
  await Promise.all(
    people.slice(0, 8).map(async (swiperId, actor) => {
      for (let i = 0; i < perActor; i++) {
        const targetId = people[10 + ((actor * 7 + i) % 140)] as UserId;
        const action = i % 3 === 0 ? ("like" as const) : ("pass" as const);
        const swipe = {
          swiperId,
          targetId,
          action,
          before: JSON.stringify(engine.state.index.traitsOf(swiperId)),
          atMs: performance.now(),
        };
        waiting.set(swiperId + targetId, swipe);
        await swipes.record(ports, { swiperId, targetId, action });
        swipeMs.push(performance.now() - swipe.atMs);
        void bus.relaySoon();
      }
    }),
  );
  await worker.idle();
  await worker.stop();
  expect([wrong, bugs]).toEqual([[], []]);
  expect(tookMs).toHaveLength(8 * perActor);
  expectLearnedInTime("engine through the queue", { tookMs, swipeMs });
});

test("a low deck is filled by the engine, and by SQL for whom the engine does not know or has no time", async () => {
  await db`delete from users`;
  const people = await addTown(ports, 60, seeded(8));
  await db`update profiles set discoverable = true`;
  await db`update preferences set genders = '{woman,man,nonbinary}', age_min = 18, age_max = 99, radius_km = 200, intents = '{}'`;
  const [first, second] = people as [UserId, UserId];
  const worker = working(engine);
  const ask = async (userId: UserId): Promise<UserId[]> => {
    await ports.cache.remove(`deck:${userId}`);
    await db.begin((tx) => bus.emit(tx, "deck.low", { userId }));
    await bus.relay();
    await worker.idle();
    return (await readDeck(ports.cache, userId)) ?? [];
  };
  expect((await ask(first)).length).toBe(59);
  expect(engine.meters.text(engine.state, true)).toContain('decks_total{outcome="unknown"} 1');
  await engine.beReady();
  const made = (): string => /outcome="made"} (\d+)/.exec(engine.meters.text(engine.state, true))?.[1] ?? "";
  const before = Number(made());
  expect((await ask(second)).length).toBe(59);
  expect(Number(made())).toBe(before + 1);
  const flood = await Promise.all(Array.from({ length: 400 }, () => engine.deck(first)));
  expect(flood.filter((deck) => deck === null).length).toBe(400 - 256);
  await worker.stop();
  expect(bugs).toEqual([]);
});
