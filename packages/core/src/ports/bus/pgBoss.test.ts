import type { UserId } from "@pendo/contract/ids";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../clock/clock.ts";
import { testDb, testDbName, testDbUrl } from "../db/testDb.ts";
import { randomIds as ids } from "../ids/ids.ts";
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

test("what a killed consumer had taken comes again after recover, as a failed attempt, and goes to the dead letters once attempts are spent", async () => {
  await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
  await bus.relay();
  for (let attempt = 1; attempt <= 5; attempt++) {
    expect(await bus.fetch("matching", 10)).toMatchObject([{ attempt }]);
    expect(await bus.fetch("matching", 10)).toEqual([]);
    expect(await bus.recover()).toBe(1);
  }
  expect(await bus.recover()).toBe(0);
  expect((await bus.depths()).find(({ queue }) => queue === "matching")).toMatchObject({ waiting: 0, inFlight: 0, dead: 1 });
});

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
