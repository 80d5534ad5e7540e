import type { UserId } from "@pendo/contract/ids";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../clock/clock.ts";
import { testDb, testDbName, testDbUrl } from "../db/testDb.ts";
import { randomIds as ids } from "../ids/ids.ts";
import { type PgBossBus, pgBossBus } from "./pgBoss.ts";

const db = testDb();
let bus: PgBossBus;

beforeAll(async () => {
  bus = await pgBossBus({ db, connectionString: testDbUrl(testDbName(db)), clock: systemClock, ids, retryDelaySec: 0 });
});
afterAll(() => bus.stop());

const someone = (): UserId => ids.next();

test("a fact reaches each of its queues once, and is taken once", async () => {
  const userId = someone();
  await db.begin((tx) => bus.emit(tx, "user.registered", { userId }));
  expect(await bus.relay()).toBe(1);
  for (const queue of ["email", "analytics"] as const) {
    const [delivery, ...others] = await bus.fetch(queue, 10);
    expect(others).toEqual([]);
    expect(delivery).toMatchObject({ attempt: 1, body: { type: "user.registered", version: 1, data: { userId } } });
    await bus.complete(queue, [delivery!.id]);
    expect(await bus.fetch(queue, 10)).toEqual([]);
  }
});

test("a fact of a transaction that rolls back is never delivered", async () => {
  const failing = db.begin(async (tx) => {
    await bus.emit(tx, "deck.low", { userId: someone() });
    throw new Error("rolled back");
  });
  await expect(failing).rejects.toThrow("rolled back");
  expect(await bus.relay()).toBe(0);
  expect(await bus.fetch("matching", 10)).toEqual([]);
});

test("relays that run at once move every fact exactly once", async () => {
  await Promise.all(Array.from({ length: 300 }, () => db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }))));
  await Promise.all(Array.from({ length: 10 }, () => bus.relay()));
  const seen = new Set<string>();
  for (;;) {
    const batch = await bus.fetch("matching", 50);
    if (batch.length === 0) break;
    for (const { body } of batch) seen.add(body.id);
    await bus.complete("matching", batch.map((delivery) => delivery.id));
  }
  expect(seen.size).toBe(300);
});

test("a message that keeps failing ends in the dead letters with its reason, and a redrive brings it back", async () => {
  await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
  await bus.relay();
  const attempts: number[] = [];
  for (;;) {
    const [delivery] = await bus.fetch("matching", 1);
    if (!delivery) break;
    attempts.push(delivery.attempt);
    await bus.fail("matching", [delivery.id], "no luck");
  }
  expect(attempts).toEqual([1, 2, 3, 4, 5]);
  expect((await bus.depths()).find(({ queue }) => queue === "matching")).toMatchObject({ waiting: 0, inFlight: 0, dead: 1 });
  expect(await bus.deadLetters("matching", 10)).toMatchObject([{ body: { type: "deck.low" }, attempts: 5, reason: "no luck" }]);

  expect(await bus.redrive("matching", 10)).toBe(1);
  const [again] = await bus.fetch("matching", 1);
  expect(again?.attempt).toBe(1);
  await bus.complete("matching", [again!.id]);
  expect((await bus.depths()).find(({ queue }) => queue === "matching")).toMatchObject({ waiting: 0, dead: 0 });
});
