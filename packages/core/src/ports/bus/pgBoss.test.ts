import type { UserId } from "@pendo/contract/ids";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../clock/clock.ts";
import { testDb, testDbName, testDbUrl } from "@pendo/local/db/testDb";
import { testIds as ids } from "../ids/testIds.fixture.ts";
import { busBehaviour } from "./bus.behaviour.ts";
import { type PgBossBus, pgBossBus } from "./pgBoss.ts";

const db = testDb();
const opened: PgBossBus[] = [];
const open = async (): Promise<PgBossBus> => {
  const bus = await pgBossBus({ db, connectionString: testDbUrl(testDbName(db)), clock: systemClock, ids, retryDelaySec: 0 });
  opened.push(bus);
  return bus;
};
afterAll(async () => void (await Promise.all(opened.map((one) => one.stop()))));

busBehaviour("pg-boss", db, async () => {
  const both = await open();
  return { bus: both, deadLetters: both, another: open, stop: async () => {} };
});

let bus: PgBossBus;
beforeAll(async () => {
  bus = await open();
});

test("a dead letter says why its last attempt failed", async () => {
  await db.begin((tx) =>
    bus.emit(tx, "conversation.read", { conversationId: ids.next(), readerId: someone(), otherId: someone(), readSeq: 1 }),
  );
  await bus.relay();
  for (;;) {
    const [delivery] = await bus.fetch("realtime", 1);
    if (!delivery) break;
    await bus.fail("realtime", [delivery.id], `no luck at ${delivery.attempt}`);
  }
  expect(await bus.deadLetters("realtime", 10)).toMatchObject([{ attempts: 3, reason: "no luck at 3" }]);
});

test("a message whose handler had started when its consumer was killed has failed an attempt, and goes to the dead letters once these are spent", async () => {
  await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
  await bus.relay();

  for (let attempt = 1; attempt <= 5; attempt++) {
    const [delivery, ...others] = await bus.fetch("matching", 10);
    expect([delivery, others]).toMatchObject([{ attempt, isSuspect: attempt > 1 }, []]);
    expect(await bus.begin("matching", [delivery!.id])).toEqual([delivery!.id]);
    expect(await bus.fetch("matching", 10)).toEqual([]);
    expect(await bus.recover()).toBe(1);
  }

  expect(await bus.recover()).toBe(0);
  expect(await depth("matching")).toMatchObject({ waiting: 0, inFlight: 0, dead: 1 });
  await bus.redrive("matching", 10);
  await finish("matching");
});

test("a message that was fetched and never begun has lost no attempt, however often its consumer was killed", async () => {
  await db.begin((tx) => Promise.all([1, 2, 3].map(() => bus.emit(tx, "deck.low", { userId: someone() }))));
  await bus.relay();
  const [failed] = await bus.fetch("matching", 1);
  await bus.begin("matching", [failed!.id]);
  await bus.fail("matching", [failed!.id], "no luck");

  for (let kill = 1; kill <= 15; kill++) {
    const attempts = (await bus.fetch("matching", 10)).map(({ id, attempt }) => [id === failed!.id, attempt]);
    expect(attempts.toSorted()).toEqual([
      [false, 1],
      [false, 1],
      [true, 2],
    ]);
    expect(await bus.recover()).toBe(3);
  }

  expect(await depth("matching")).toMatchObject({ waiting: 3, inFlight: 0, dead: 0 });
  await finish("matching");
});

test("what was fetched and is not begun in time goes back, and can no longer be begun", async () => {
  await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
  await bus.relay();
  const [lost] = await bus.fetch("matching", 10);
  await db`update queue.job set started_on = now() - interval '31 seconds' where id = ${lost!.id}`;
  // It looks each 30 s for what was lost; this one has not looked yet.
  const other = await open();

  expect(await other.fetch("matching", 10)).toMatchObject([{ id: lost!.id, attempt: 1 }]);

  await other.begin("matching", [lost!.id]);
  expect(await bus.begin("matching", [lost!.id])).toEqual([]);
  await other.complete("matching", [lost!.id]);
});

async function depth(queue: "matching") {
  return (await bus.depths()).find((one) => one.queue === queue);
}

async function finish(queue: "matching"): Promise<void> {
  const left = await bus.fetch(queue, 100);
  await bus.complete(
    queue,
    left.map(({ id }) => id),
  );
}

test("whoever listens hears of each queue that a relay reached", async () => {
  const heard: string[] = [];
  const silence = bus.onArrival((queue) => heard.push(queue));
  await db.begin((tx) => bus.emit(tx, "user.registered", { userId: someone() }));
  await bus.relay();
  silence();
  await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
  await bus.relay();
  expect(heard.toSorted()).toEqual(["analytics", "email"]);
});

test("relaying is part of the transaction that empties the outbox: where it fails, no queue has anything", async () => {
  await db.begin((tx) => bus.emit(tx, "session.revoked", { userId: someone(), sessionId: ids.next() }));
  const before = (await bus.depths()).find(({ queue }) => queue === "realtime")?.waiting;
  await db`alter table outbox rename to outbox_away`;
  await expect(bus.relay()).rejects.toThrow(/outbox/);
  await db`alter table outbox_away rename to outbox`;
  expect((await bus.depths()).find(({ queue }) => queue === "realtime")?.waiting).toBe(before);
  expect(await bus.relay()).toBe(1);
});

function someone(): UserId {
  return ids.next();
}
