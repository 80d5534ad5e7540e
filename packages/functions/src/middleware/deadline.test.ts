import type { Envelope } from "@pendo/contract/events";
import type { EventId } from "@pendo/contract/ids";
import { route } from "@pendo/contract/route";
import { firstTime } from "@pendo/core/ports/bus/inbox";
import type { Db } from "@pendo/core/ports/db/db";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import type { APIGatewayProxyEventV2, Context, ScheduledEvent } from "aws-lambda";
import { expect, test } from "vitest";
import * as z from "zod";
import { httpFunction } from "./http.ts";
import { queueFunction } from "./queue.ts";
import { batchOf, deckLow } from "./queueEvents.fixture.ts";
import { scheduleFunction } from "./schedule.ts";
import { keepingObserver } from "./testEvents.ts";

const db = testDb();
const ports = testPorts(db);
const never = (): Promise<never> => new Promise(() => {});

/** An invocation whose time is over in so long, as Lambda tells it. */
function invocation(ms: number): Context {
  const endsMs = performance.now() + ms;
  return { getRemainingTimeInMillis: () => endsMs - performance.now() } as Context;
}

const event = () => deckLow(ports);

interface Ran {
  readonly again: readonly string[];
  /** What of the host's time was left at the answer. */
  readonly leftMs: number;
  readonly count: (name: string) => number;
  readonly observer: ReturnType<typeof keepingObserver>;
}

async function run(queue: "matching" | "analytics", handlers: object, events: readonly Envelope[], ms = 4_000): Promise<Ran> {
  const observer = keepingObserver();
  const lambda = invocation(ms);
  const { batchItemFailures } = await queueFunction(queue, handlers, { ...ports, ports, observer })(batchOf(events), lambda);
  const count = (name: string): number => observer.measured.reduce((sum, { values }) => sum + Number(values[name] ?? 0), 0);
  const again = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { again, leftMs: lambda.getRemainingTimeInMillis(), count, observer };
}

test("of ten messages with one that hangs, nine are acknowledged before the deadline and the one comes again, without a bug", async () => {
  const events = Array.from({ length: 10 }, event);
  const done: string[] = [];
  const hang = async (_: unknown, { id }: Envelope): Promise<void> => (id === events[4]?.id ? await never() : void done.push(id));

  const { again, leftMs, count, observer } = await run("matching", { "deck.low": hang }, events);

  expect(again).toEqual(["m4"]);
  expect(done).toHaveLength(9);
  expect(leftMs).toBeGreaterThan(0);
  expect([count("timeouts"), count("splitBatches"), count("retried")]).toEqual([1, 1, 1]);
  expect(observer.bugs).toEqual([]);
});

test("of a batch that is worked together with some that hang, all others are done alone and acknowledged", async () => {
  const events = Array.from({ length: 10 }, event);
  const hanging = new Set([events[2]?.id, events[7]?.id]);
  const done: string[] = [];
  const work = async (_: unknown, some: readonly Envelope[]): Promise<void> =>
    some.some(({ id }) => hanging.has(id as EventId)) ? await never() : void done.push(...some.map(({ id }) => id));

  const { again, leftMs, count, observer } = await run("analytics", { batch: work }, events, 8_000);

  expect(again).toEqual(["m2", "m7"]);
  expect(done).toHaveLength(8);
  expect(leftMs).toBeGreaterThan(0);
  expect([count("timeouts"), count("splitBatches")]).toEqual([2, 1]);
  expect(observer.bugs).toEqual([]);
});

test("a batch in which everything hangs comes again as a whole, before the deadline", async () => {
  const { again, leftMs, count } = await run("analytics", { batch: never }, Array.from({ length: 100 }, event), 3_500);

  expect(again).toHaveLength(100);
  expect(leftMs).toBeGreaterThan(0);
  expect([count("timeouts"), count("splitBatches")]).toEqual([100, 1]);
});

test("work that goes on after the answer changes nothing: its open transaction rolls back, and its next statement is refused", async () => {
  const late = event();
  let goOn: () => void = () => {};
  const paused = new Promise<void>((resolve) => (goOn = resolve));
  let after: unknown;
  const work = async (ctx: { db: Db }): Promise<void> => {
    await ctx.db
      .begin(async (tx) => {
        await firstTime(tx, "matching", late.id, ports.clock.now());
        // The function is frozen here, and goes on in a later invocation.
        await paused;
      })
      .catch((error: unknown) => (after = error));
    await ctx.db`select 1`.catch(() => {});
  };

  const { again } = await run("matching", { "deck.low": work }, [late], 3_500);
  goOn();

  expect(again).toEqual(["m0"]);
  await expect.poll(() => after).toMatchObject({ code: "server.busy" });
  expect(await db`select 1 from inbox where event_id = ${late.id}`).toHaveLength(0);
  // So the message that came again is done by its next consumer.
  await expect(db.begin((tx) => firstTime(tx, "matching", late.id, ports.clock.now()))).resolves.toBe(true);
});

const specs = {
  read: route({
    ...{ at: "GET /v1/things/{id}", summary: "A test", auth: "public", fails: [], limit: "public", needs: ["db"] },
    input: z.strictObject({ id: z.string() }),
    output: z.object({ text: z.string() }),
  }),
};
const request = {
  version: "2.0",
  routeKey: specs.read.at,
  rawPath: "/v1/things/1",
  rawQueryString: "",
  headers: {},
  pathParameters: { id: "1" },
  isBase64Encoded: false,
  requestContext: { http: { method: "GET", path: "/", protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "" }, requestId: "r1" },
} as unknown as APIGatewayProxyEventV2;

test("a request that hangs is answered 503 server.busy with Retry-After before the deadline, with one line and no bug", async () => {
  const observer = keepingObserver();
  const serve = httpFunction("things", specs, { read: never }, { ...ports, ports, observer });
  const lambda = invocation(2_000);

  const answer = await serve(request, lambda);

  expect(lambda.getRemainingTimeInMillis()).toBeGreaterThan(0);
  expect(answer).toMatchObject({ statusCode: 503, headers: { "retry-after": "1", "x-request-id": "r1" } });
  expect(JSON.parse(answer.body ?? "")).toMatchObject({ code: "server.busy" });
  expect(observer.bugs).toEqual([]);
  expect(observer.lines).toMatchObject([{ kind: "http", route: "things.read", status: 503, fault: "server.busy" }]);
  expect(observer.measured).toContainEqual({ of: { route: "things.read" }, values: { timeouts: 1 } });
});

test("a handler that goes on after its answer writes no second line, and its statements are refused", async () => {
  const observer = keepingObserver();
  let goOn: () => void = () => {};
  const paused = new Promise<void>((resolve) => (goOn = resolve));
  let refused: unknown;
  const read = async (ctx: { db: Db }): Promise<{ text: string }> => {
    await paused;
    await (async () => void (await ctx.db`select 1`))().catch((error: unknown) => (refused = error));
    return { text: "late" };
  };
  const serve = httpFunction("things", specs, { read }, { ...ports, ports, observer });

  const answer = await serve(request, invocation(1_500));
  goOn();
  await expect.poll(() => refused).toMatchObject({ code: "server.busy" });

  expect(answer.statusCode).toBe(503);
  expect(observer.lines).toHaveLength(1);
});

test("a schedule that hangs ends before the deadline as server.busy, and is counted", async () => {
  const observer = keepingObserver();
  const lambda = invocation(3_500);

  await expect(scheduleFunction("expire", never, { ...ports, ports, observer })({} as ScheduledEvent, lambda)).rejects.toMatchObject({
    code: "server.busy",
  });

  expect(lambda.getRemainingTimeInMillis()).toBeGreaterThan(0);
  expect(observer.lines).toMatchObject([{ kind: "schedule", fault: "server.busy" }]);
  expect(observer.measured).toContainEqual({ of: { schedule: "expire" }, values: { timeouts: 1 } });
  expect(observer.bugs).toEqual([]);
});
