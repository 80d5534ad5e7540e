import { Fault } from "@pendo/core/fault";
import type { Bus } from "@pendo/core/ports/bus/bus";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import type { Context, ScheduledEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { scheduleFunction } from "./schedule.ts";
import { keepingObserver } from "./testEvents.ts";

const ports = testPorts(testDb());
const observer = keepingObserver();
const runtime = { ports, clock: ports.clock, ids: ports.ids, observer };
const run = (serve: ReturnType<typeof scheduleFunction>) => serve({} as ScheduledEvent, {} as Context);

test("a schedule gets the ports that the contract names for it, and tells of its run", async () => {
  let seen: string[] = [];
  await run(scheduleFunction("expire", async (ctx) => void (seen = Object.keys(ctx)), runtime));
  expect(seen.toSorted()).toEqual(["clock", "db", "ids", "storage"]);
  expect(observer.lines.at(-1)).toMatchObject({ kind: "schedule", schedule: "expire", fault: null });
});

test("what it emits carries a trace of its own", async () => {
  let bus: Bus | undefined;
  await run(scheduleFunction("outboxSweep", async (ctx: { bus: Bus }) => void (bus = ctx.bus), runtime));
  await ports.db.begin(async (tx) => void (await bus?.emit(tx, "deck.low", { userId: ports.ids.next() })));
  expect((await ports.facts("deck.low")).at(-1)?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test("a failure is thrown for the host to count, and a bug is told of; a store that is away is none", async () => {
  const failing = (error: unknown) => run(scheduleFunction("expire", async () => Promise.reject(error as Error), runtime));
  const bugs = observer.bugs.length;
  for (const error of [new Fault("store.unavailable"), Object.assign(new Error("gone"), { code: "ECONNREFUSED" })]) {
    await expect(failing(error)).rejects.toBe(error);
    expect(observer.lines.at(-1)).toMatchObject({ schedule: "expire", fault: "store.unavailable" });
  }
  expect(observer.bugs).toHaveLength(bugs);
  const bug = new Error("a bug");
  await expect(failing(bug)).rejects.toBe(bug);
  expect(observer.bugs.slice(bugs)).toEqual([bug]);
});

test("a schedule that needs a port the host lacks stops the start", () => {
  const { storage: _storage, ...rest } = ports;
  expect(() => scheduleFunction("expire", async () => {}, { ...runtime, ports: rest })).toThrow('no port "storage"');
});
