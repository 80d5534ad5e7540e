import type { Envelope } from "@pendo/contract/events";
import { Fault } from "@pendo/core/fault";
import { firstTime } from "@pendo/core/ports/bus/inbox";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import type { Context } from "aws-lambda";
import { expect, test } from "vitest";
import { queueFunction } from "./queue.ts";
import { batchOf, deckLow } from "./queueEvents.fixture.ts";
import { keepingObserver } from "./testEvents.ts";

const db = testDb();
const ports = testPorts(db);
const observer = keepingObserver();
const runtime = { ports, clock: ports.clock, ids: ports.ids, observer };

const fact = () => deckLow(ports);
const batch = (...bodies: unknown[]) => batchOf(bodies);
const failedOf = async (answer: Promise<{ batchItemFailures: { itemIdentifier: string }[] }>): Promise<string[]> =>
  (await answer).batchItemFailures.map((item) => item.itemIdentifier);

test("of ten messages with one that is poisoned, nine are done once and one comes again", async () => {
  const facts = Array.from({ length: 10 }, () => fact());
  const poison = facts[4]!;
  const done: string[] = [];
  const serve = queueFunction(
    "matching",
    {
      "deck.low": async ({ db: sql }: { db: typeof db }, one: Envelope<"deck.low">) => {
        if (one.id === poison.id) throw new Error("poison");
        await sql.begin(async (tx) => {
          if (await firstTime(tx, "matching", one.id, ports.clock.now())) done.push(one.id);
        });
      },
    },
    runtime,
  );
  expect(await failedOf(serve(batch(...facts), {} as Context))).toEqual(["m4"]);
  // At least once: the whole batch may come again.
  expect(await failedOf(serve(batch(...facts), {} as Context))).toEqual(["m4"]);
  expect(done.toSorted()).toEqual(
    facts
      .filter((one) => one !== poison)
      .map((one) => one.id)
      .toSorted(),
  );
});

test("a fault that another attempt would not better is acknowledged and counted; one that it would comes again", async () => {
  const codes = ["profile.notFound", "store.unavailable"] as const;
  const facts = codes.map(() => fact());
  const serve = queueFunction(
    "matching",
    {
      "deck.low": async (_: unknown, one: Envelope) => {
        throw new Fault(codes[facts.findIndex(({ id }) => id === one.id)]!);
      },
    },
    runtime,
  );
  expect(await failedOf(serve(batch(...facts), {} as Context))).toEqual(["m1"]);
  expect(observer.lines.at(-1)).toMatchObject({ queue: "matching", messages: 2, dropped: 1, retried: 1 });
});

test("what is no fact of this queue goes back, until it is a dead letter, and reaches the observer", async () => {
  const serve = queueFunction("matching", { "deck.low": async () => {} }, runtime);
  const bugs = observer.bugs.length;
  const strange = [
    "not json",
    "{}",
    { ...fact(), type: "no.such" },
    { ...fact(), type: "match.created" },
    { ...fact(), data: { userId: "x" } },
    { ...fact(), version: 2 },
  ];
  expect(await failedOf(serve(batch(...strange, fact()), {} as Context))).toEqual(["m0", "m1", "m2", "m3", "m4", "m5"]);
  expect(observer.bugs).toHaveLength(bugs + strange.length);
});

test("a batch that fails as a whole is tried one by one, so one poisoned message is one failure", async () => {
  const facts = Array.from({ length: 5 }, () => fact());
  const sizes: number[] = [];
  const serve = queueFunction(
    "analytics",
    {
      batch: async (_: unknown, some: Envelope[]) => {
        sizes.push(some.length);
        if (some.some(({ id }) => id === facts[2]!.id)) throw new Error("poison");
      },
    },
    runtime,
  );
  expect(await failedOf(serve(batch(...facts), {} as Context))).toEqual(["m2"]);
  expect(sizes).toEqual([5, 1, 1, 1, 1, 1]);
});

test("a batch that fails as a whole leaves a line, and its error where no message alone shows a bug", async () => {
  const facts = Array.from({ length: 3 }, () => fact());
  const wholeFailing = (error: unknown, poison?: string) => ({
    batch: async (_: unknown, some: Envelope[]) => {
      if (some.length > 1) throw error;
      if (some[0]?.id === poison) throw new Error("poison");
    },
  });
  const run = async (handlers: object) => {
    const listening = keepingObserver();
    const answer = await failedOf(
      queueFunction("analytics", handlers, { ...runtime, observer: listening })(batch(...facts), {} as Context),
    );
    return { answer, bugs: listening.bugs, lines: listening.lines.filter(({ kind }) => kind === "batch") };
  };
  const bug = new Error("two of them meet");

  const succeeding = await run(wholeFailing(bug));
  const poisoned = await run(wholeFailing(bug, facts[1]!.id));
  const busy = await run(wholeFailing(new Fault("store.unavailable")));

  const line = { queue: "analytics", messages: 3 };
  expect(succeeding).toMatchObject({ answer: [], bugs: [bug], lines: [{ ...line, failedAlone: 0, fault: "server.failed" }] });
  expect(poisoned).toMatchObject({ answer: ["m1"], bugs: [{ message: "poison" }], lines: [{ ...line, failedAlone: 1 }] });
  expect(busy).toMatchObject({ answer: [], bugs: [], lines: [{ ...line, failedAlone: 0, fault: "store.unavailable" }] });
});

test("how long each fact waited until it was done is measured by queue and by fact; what failed is not, until it is done", async () => {
  const listening = keepingObserver();
  const startedAt = ports.clock.now();
  const now = startedAt.getTime();
  const aged = (ageMs: number): Envelope<"deck.low"> => ({ ...fact(), occurredAt: new Date(now - ageMs).toISOString() });
  const [quick, slow, failing, ahead] = [aged(1500), aged(9000), aged(20_000), aged(-5000)];
  const serve = queueFunction(
    "matching",
    {
      "deck.low": async (_: unknown, { id }: Envelope) => {
        if (id === failing.id) throw new Fault("store.unavailable");
      },
    },
    // The clock stands still: what is measured is told from its hands.
    { ...runtime, observer: listening, clock: { now: () => startedAt } },
  );
  await serve(batch(quick, slow, failing, ahead, "no fact"), {} as Context);
  const [byQueue, byFact, ofBatch] = listening.measured;
  expect(byQueue).toMatchObject({ of: { queue: "matching" }, values: { messages: 5, retried: 2, handledMs: [1500, 9000, 0] } });
  expect(byFact).toEqual({ of: { queue: "matching", fact: "deck.low" }, values: { handledMs: [1500, 9000, 0] } });
  expect(ofBatch).toEqual({ of: { queue: "matching" }, values: { durationMs: expect.any(Number) as number } });
  expect(listening.measured).toHaveLength(3);
});

test("what a batch counts is measured under its queue, and of messages tried alone each for itself", async () => {
  const listening = keepingObserver();
  const poison = fact();
  const serve = queueFunction(
    "analytics",
    {
      batch: async (_: unknown, facts: readonly Envelope[]) => {
        if (facts.some(({ id }) => id === poison.id)) throw new Error("poison");
        return { swipes: facts.length };
      },
    },
    { ...runtime, observer: listening },
  );
  await serve(batch(fact(), poison, fact()), {} as Context);
  const counted = listening.measured.filter(({ values }) => "swipes" in values);
  expect(counted).toEqual([1, 2].map(() => ({ of: { queue: "analytics" }, values: { swipes: 1 } })));
});
