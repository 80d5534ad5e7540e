import type { Envelope } from "@pendo/contract/events";
import type { UserId } from "@pendo/contract/ids";
import { Fault } from "@pendo/core/fault";
import type { Bus } from "@pendo/core/ports/bus/bus";
import type { Db } from "@pendo/core/ports/db/db";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import type { Context } from "aws-lambda";
import { expect, test } from "vitest";
import { queueFunction } from "./queue.ts";
import { batchOf, deckLow } from "./queueEvents.fixture.ts";
import { keepingObserver } from "./testEvents.ts";

const db = testDb();
const ports = testPorts(db);
const [one, other] = ["0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"];

const event = (trace: string | null) => deckLow(ports, trace && `00-${trace}-b7ad6b7169203331-01`);

test("a batch writes one line for each trace in it, and the trace of a message is that of its event, its failure included", async () => {
  const observer = keepingObserver();
  const events = [event(one), event(other), event(one)];
  const serve = queueFunction(
    "matching",
    {
      "deck.low": async (_: unknown, { id }: Envelope) => {
        if (id === events[2]?.id) throw new Fault("store.unavailable");
      },
    },
    { ...ports, ports, observer },
  );

  await serve(batchOf(events), {} as Context);

  expect(observer.lines).toMatchObject([
    { kind: "queue", trace: one, messages: 2, retried: 1 },
    { kind: "queue", trace: other, messages: 1, retried: 0 },
  ]);
});

test("what a consumer emits carries on the trace of the event that it consumed, under a span of its own", async () => {
  const serve = queueFunction(
    "push",
    {
      "match.created": async (ctx: { db: Db; bus: Bus }) =>
        await ctx.db.begin(async (tx) => void (await ctx.bus.emit(tx, "deck.low", { userId: ports.ids.next() }))),
    },
    { ...ports, ports: { ...ports, cache: ports.cache }, observer: keepingObserver() },
  );
  const { data: _, ...envelope } = event(one);
  const userIds = [ports.ids.next<UserId>(), ports.ids.next<UserId>()];
  const matched = { ...envelope, type: "match.created", data: { matchId: ports.ids.next(), conversationId: ports.ids.next(), userIds } };

  await serve(batchOf([matched]), {} as Context);

  expect((await ports.facts("deck.low")).at(-1)?.traceparent).toMatch(new RegExp(`^00-${one}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
});

test("a message without a trace has that which SQS hands on from X-Ray, and without one that of its batch", async () => {
  const observer = keepingObserver();
  const serve = queueFunction("matching", { "deck.low": async () => {} }, { ...ports, ports, observer });
  const xray = `Root=1-${other.slice(0, 8)}-${other.slice(8)};Parent=463ac35c9f6413ad;Sampled=1`;
  const plain = JSON.stringify(event(null));

  await serve(
    batchOf([plain, plain, "not json"], (at) => (at === 1 ? {} : { AWSTraceHeader: xray })),
    {} as Context,
  );

  expect(observer.lines).toMatchObject([
    { trace: other, messages: 2, retried: 1 },
    { trace: expect.stringMatching(/^[0-9a-f]{32}$/) as string, messages: 1 },
  ]);
  expect(observer.bugs).toHaveLength(1);
});
