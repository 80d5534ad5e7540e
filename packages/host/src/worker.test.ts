import { setTimeout as after } from "node:timers/promises";
import { type QueueName, queues } from "@pendo/contract/queues";
import type { Delivery } from "@pendo/core/ports/bus/bus";
import type { QueueFunction } from "@pendo/functions/middleware/queue";
import { afterEach, expect, test } from "vitest";
import { startWorker, type Worker, type WorkerOptions } from "./worker.ts";

const workers: Worker[] = [];
afterEach(async () => void (await Promise.all(workers.splice(0).map((worker) => worker.stop()))));

/** Queues in memory, which lose nothing and tell nobody of a failure by themselves. */
function memoryQueues() {
  const waiting = new Map<QueueName, string[]>();
  const outbox: [QueueName, string][] = [];
  const done: string[] = [];
  const failed: string[] = [];
  const fetched: number[] = [];
  const begun: string[][] = [];
  const listeners = new Set<(queue: QueueName) => void>();
  const state = {
    ...{ away: false, completeAway: false, fetchMs: 0, concurrent: 0 },
    ...{ takenBack: new Set<string>(), suspect: new Set<string>() },
  };
  const put = (queue: QueueName, ...ids: string[]): void => {
    waiting.set(queue, [...(waiting.get(queue) ?? []), ...ids]);
    for (const tell of listeners) tell(queue);
  };
  const consumer: WorkerOptions["consumer"] = {
    fetch: async (queue, max) => {
      fetched.push(max);
      if (state.away) throw new Error("the store is away");
      const ids = (waiting.get(queue) ?? []).splice(0, max);
      if (state.fetchMs) await after(state.fetchMs);
      return ids.map((id): Delivery => ({
        ...{ id, body: { id } as never, attempt: 1, sentAt: new Date() },
        isSuspect: state.suspect.has(id),
      }));
    },
    begin: async (_queue, ids) => {
      begun.push([...ids]);
      return ids.filter((id) => !state.takenBack.has(id));
    },
    complete: async (_queue, ids) => {
      if (state.completeAway) throw new Error("the store is away");
      done.push(...ids);
    },
    fail: async (_queue, ids) => void failed.push(...ids),
    onArrival: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    relay: async () => {
      const moved = outbox.splice(0);
      for (const [queue, id] of moved) put(queue, id);
      return moved.length;
    },
  };
  return { consumer, put, outbox, done, failed, fetched, begun, listeners, state };
}
type Queues = ReturnType<typeof memoryQueues>;

function started(queuesOf: Queues, serve: (ids: string[]) => Promise<string[]>, names: readonly QueueName[] = ["push"], pollMs?: number) {
  const errors: unknown[] = [];
  const call: QueueFunction = async (event) => ({
    batchItemFailures: (await serve(event.Records.map(({ messageId }) => messageId))).map((itemIdentifier) => ({ itemIdentifier })),
  });
  const worker = startWorker({
    consumer: queuesOf.consumer,
    functions: new Map(names.map((name) => [name, call])),
    onError: (error) => void errors.push(error),
    ...(pollMs !== undefined && { pollMs }),
  });
  workers.push(worker);
  return { worker, errors };
}

test("of a batch only the messages that failed go back", async () => {
  const memory = memoryQueues();
  memory.put("push", "a", "b", "c");
  const { worker } = started(memory, async (ids) => ids.filter((id) => id === "b"));
  await worker.idle();
  expect([memory.done, memory.failed]).toEqual([["a", "c"], ["b"]]);
});

test("a queue is worked in batches of the size that the contract names, one at a time, and queues beside each other", async () => {
  const memory = memoryQueues();
  const ids = Array.from({ length: 25 }, (_, i) => String(i));
  memory.put("push", ...ids);
  memory.put("email", ...ids.map((id) => `e${id}`));
  const sizes: number[] = [];
  const running = { push: 0, email: 0 };
  let most = 0;
  let together = 0;
  const { worker } = started(
    memory,
    async (batch) => {
      const queue = batch[0]?.startsWith("e") ? "email" : "push";
      sizes.push(batch.length);
      most = Math.max(most, ++running[queue]);
      together = Math.max(together, running.push + running.email);
      await after(20);
      running[queue]--;
      return [];
    },
    ["push", "email"],
  );
  await worker.idle();
  expect(Math.max(...sizes)).toBe(queues.push.batchMax);
  expect([most, together]).toEqual([1, 2]);
  expect(memory.done).toHaveLength(50);
});

/** A worker that found an empty queue looks again after so long: longer than any test waits. */
const NEVER_MS = 600_000;

test("what arrives while a batch is worked on, or while the queue is looked at, is not left for later", async () => {
  const memory = memoryQueues();
  const seen: string[] = [];
  const { worker } = started(
    memory,
    async (ids) => {
      seen.push(...ids);
      if (ids[0] === "first") {
        memory.put("push", "second");
        await after(10);
      }
      return [];
    },
    ["push"],
    NEVER_MS,
  );
  await worker.idle();
  memory.put("push", "first");
  await expect.poll(() => seen, { interval: 2 }).toEqual(["first", "second"]);

  memory.state.fetchMs = 100;
  memory.put("push", "x");
  await expect.poll(() => seen.length).toBe(3);
  // The look that follows has begun already, and finds nothing.
  await after(20);
  memory.put("push", "third");
  await expect.poll(() => seen.at(-1), { interval: 2 }).toBe("third");
});

test("while the store is away it is told of and tried again; nothing is lost, and nothing acknowledged that was not", async () => {
  const memory = memoryQueues();
  memory.state.away = true;
  const seen: string[] = [];
  const { errors } = started(memory, async (ids) => (seen.push(...ids), []));
  memory.put("push", "a");
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  await after(100);
  expect(errors.length).toBeLessThan(5);
  memory.state.away = false;
  await expect.poll(() => memory.done).toEqual(["a"]);
  memory.state.completeAway = true;
  memory.put("push", "b");
  await expect.poll(() => seen).toEqual(["a", "b"]);
  memory.state.completeAway = false;
  memory.put("push", "c");
  await expect.poll(() => memory.done).toEqual(["a", "c"]);
});

test("a function that throws acknowledges nothing and stops nothing", async () => {
  const memory = memoryQueues();
  const { worker, errors } = started(memory, async (ids) => (ids[0] === "a" ? Promise.reject(new Error("a bug")) : []));
  memory.put("push", "a");
  await expect.poll(() => errors.length).toBe(1);
  memory.put("push", "b");
  await worker.idle();
  expect([memory.done, memory.failed]).toEqual([["b"], []]);
});

test("a message begins right before its handler, and one that is no longer ours does not reach it", async () => {
  const memory = memoryQueues();
  const seen: string[] = [];
  memory.state.takenBack.add("b");
  memory.put("push", "a", "b", "c");

  const { worker } = started(memory, async (ids) => (seen.push(...ids), []));
  await worker.idle();

  expect(memory.begun).toEqual([["a", "b", "c"]]);
  expect([seen, memory.done, memory.failed]).toEqual([["a", "c"], ["a", "c"], []]);
});

test("a message whose handler ran when an earlier process ended is handled alone, after the others", async () => {
  const memory = memoryQueues();
  const batches: string[][] = [];
  for (const id of ["a", "c"]) memory.state.suspect.add(id);
  memory.put("push", "a", "b", "c", "d");

  const { worker } = started(memory, async (ids) => (batches.push(ids), []));
  await worker.idle();

  expect(batches).toEqual([["b", "d"], ["a"], ["c"]]);
  expect(memory.begun).toEqual(batches);
});

test("idle waits for what is unfinished, retries included", async () => {
  const memory = memoryQueues();
  let unfinished = 1;
  const worker = startWorker({
    ...{ consumer: memory.consumer, functions: new Map(), onError: () => {} },
    unfinished: async () => unfinished,
  });
  workers.push(worker);
  let isIdle = false;

  const idle = worker.idle().then(() => (isIdle = true));
  await after(200);

  expect(isIdle).toBe(false);
  unfinished = 0;
  await idle;
});

test("stop waits for what is in flight, settles it, and takes nothing more", async () => {
  const memory = memoryQueues();
  let finish: () => void = () => {};
  const { worker } = started(memory, async () => new Promise((resolve) => (finish = () => resolve([]))));
  memory.put("push", "a");
  await after(20);
  memory.put("push", "b");
  let isStopped = false;
  const stopped = worker.stop().then(() => (isStopped = true));
  await after(50);
  expect(isStopped).toBe(false);
  finish();
  await stopped;
  const { length } = memory.fetched;
  memory.put("push", "c");
  await after(50);
  expect([memory.done, memory.fetched.length, memory.listeners.size]).toEqual([["a"], length, 0]);
});

test("idle resolves when everything is done that followed from what was committed, facts of handlers included", async () => {
  const memory = memoryQueues();
  const { worker } = started(memory, async (ids) => {
    await after(10);
    for (const id of ids) if (Number(id) < 5) memory.outbox.push(["push", String(Number(id) + 1)]);
    return [];
  });
  memory.outbox.push(["push", "1"]);
  await worker.idle();
  expect(memory.done).toEqual(["1", "2", "3", "4", "5"]);
});
