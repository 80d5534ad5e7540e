import { setTimeout } from "node:timers/promises";
import type { UserId } from "@pendo/contract/ids";
import { type PgBossBus, pgBossBus } from "@pendo/core/ports/bus/pgBoss";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as swipes from "@pendo/core/swipes/swipes";
import { seeded } from "@pendo/engine/random";
import type { HandleBatch } from "@pendo/functions/middleware/handles";
import { queueFunction } from "@pendo/functions/middleware/queue";
import { handlers } from "@pendo/functions/queue/matching";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostObserver } from "../meters.ts";
import { startWorker } from "../worker.ts";
import { expectLearnedInTime } from "./learningTime.fixture.ts";
import { addTown } from "./town.fixture.ts";

const db = testDb({ max: 12 });
const base = testPorts(db);
const bugs: unknown[] = [];
let bus: PgBossBus;

beforeAll(async () => {
  bus = await pgBossBus({ db, connectionString: testDbUrl(testDbName(db)), clock: base.clock, ids: base.ids });
});
afterAll(() => bus.stop());

const ACTORS = 8;
const PER_ACTOR = 50;
/** Many times faster than anybody may swipe, and slow enough that it is the queue that is measured. */
const PAUSE_MS = 40;

test("without an engine, what is believed of a swiper has moved within a second at p99 of their swipe, through the queue", async () => {
  const ports = { ...base, bus };
  const people = await addTown(ports, 150, seeded(4));
  await db`update profiles set discoverable = true`;
  const swipedMs = new Map<string, number>();
  const tookMs: number[] = [];
  const swipeMs: number[] = [];
  const timed: HandleBatch<"matching"> = {
    batch: async (ctx, facts) => {
      const counted = await handlers.batch(ctx, facts);
      for (const { type, data } of facts) {
        const atMs = type === "swipe.recorded" ? swipedMs.get(data.swiperId + data.targetId) : undefined;
        if (atMs !== undefined) tookMs.push(performance.now() - atMs);
      }
      return counted;
    },
  };
  const observer = { ...hostObserver({ level: "off", write: () => {} }), bug: (error: unknown) => void bugs.push(error) };
  const serve = queueFunction("matching", timed, { ports, clock: ports.clock, ids: ports.ids, observer });
  const worker = startWorker({
    consumer: bus,
    functions: new Map([["matching", serve]]),
    onError: (error) => void bugs.push(error),
    pollMs: 50,
  });
  await Promise.all(
    people.slice(0, ACTORS).map(async (swiperId, actor) => {
      for (let i = 0; i < PER_ACTOR; i++) {
        const targetId = people[10 + ((actor * 7 + i) % 140)] as UserId;
        swipedMs.set(swiperId + targetId, performance.now());
        const begunMs = performance.now();
        await swipes.record(ports, { swiperId, targetId, action: i % 3 === 0 ? "like" : "pass" });
        swipeMs.push(performance.now() - begunMs);
        void bus.relaySoon();
        await setTimeout(PAUSE_MS);
      }
    }),
  );
  await worker.idle();
  await worker.stop();
  expect(bugs).toEqual([]);
  expect(tookMs).toHaveLength(ACTORS * PER_ACTOR);
  const [unlearned] = await db`
    select count(*)::int as left, (select count(*)::int from passes_to_learn) as waiting from swipe_pairs
    where (lo_action <> 'pass' and lo_learned is not true) or (hi_action <> 'pass' and hi_learned is not true)`;
  // Passes wait until their day is over.
  expect(unlearned).toEqual({ left: 0, waiting: ACTORS * (PER_ACTOR - Math.ceil(PER_ACTOR / 3)) });
  expectLearnedInTime("learning through the queue", { tookMs, swipeMs });
});
