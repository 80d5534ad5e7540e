import middy from "@middy/core";
import { type Envelope, events } from "@pendo/contract/events";
import { faults } from "@pendo/contract/faults";
import { EventId, UserId } from "@pendo/contract/ids";
import { type QueueName, queues } from "@pendo/contract/queues";
import { Fault } from "@pendo/core/fault";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import * as z from "zod";
import { answersPings } from "./ping.ts";
import { faultOf } from "./problem.ts";
import { contextOf, type Runtime } from "./runtime.ts";
import { tracedBus } from "./trace.ts";

/** What polls a queue calls: a batch in, the messages that shall come again out. */
export type QueueFunction = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

type Each = Readonly<Record<string, (ctx: never, fact: never) => Promise<void>>>;
type Batch = { readonly batch: (ctx: never, facts: never) => Promise<Counted | void> };
type Counted = Readonly<Record<string, number>>;

const EnvelopeShape = z.object({
  id: EventId,
  type: z.string(),
  version: z.literal(1),
  occurredAt: z.iso.datetime(),
  actor: UserId.nullable(),
  traceparent: z.string().nullable(),
  data: z.unknown(),
});

/** Wraps a queue's handlers. One message is one unit of failure: its siblings in the batch are still acknowledged. */
export function queueFunction(queue: QueueName, handlers: object, runtime: Runtime): QueueFunction {
  const context = contextOf(runtime, queues[queue].needs);
  const work = "batch" in handlers ? batchWork(queue, handlers as Batch, context, runtime) : eachWork(handlers as Each, context, runtime);
  const consume = middy<SQSEvent, SQSBatchResponse>().handler(async (event) => {
    const startedMs = performance.now();
    const results = await work(event.Records);
    const failed = event.Records.filter((_, i) => results[i]?.kind === "retry");
    report(queue, event.Records, results, performance.now() - startedMs, runtime);
    await runtime.observer.flush();
    return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
  }) as unknown as QueueFunction;
  return answersPings(consume, runtime);
}

type Outcome = { readonly kind: "done"; readonly fact: Envelope } | { readonly kind: "dropped" | "retry"; readonly error: unknown };
type Work = (records: readonly SQSRecord[]) => Promise<Outcome[]>;
const done = (fact: Envelope): Outcome => ({ kind: "done", fact });

function eachWork(handlers: Each, context: Record<string, unknown>, runtime: Runtime): Work {
  return async (records) =>
    await Promise.all(
      records.map(async (record) => {
        try {
          const fact = factOf(record);
          const handle = handlers[fact.type];
          if (!handle) throw new Error(`This queue does not consume ${fact.type}.`);
          await inTrace(context, fact, runtime, (ctx) => handle(ctx as never, fact as never));
          return done(fact);
        } catch (error) {
          return outcomeOf(error);
        }
      }),
    );
}

function batchWork(queue: QueueName, { batch }: Batch, context: Record<string, unknown>, runtime: Runtime): Work {
  const together = async (facts: readonly Envelope[]): Promise<Outcome[]> => {
    const [first] = facts;
    if (first)
      await inTrace(context, first, runtime, async (ctx) => {
        const counted = await batch(ctx as never, facts as never);
        if (counted) runtime.observer.measure({ queue }, counted);
      });
    return facts.map(done);
  };
  const one = async (record: SQSRecord): Promise<Outcome> => {
    try {
      const fact = factOf(record);
      await together([fact]);
      return done(fact);
    } catch (error) {
      return outcomeOf(error);
    }
  };
  return async (records) => {
    try {
      return await together(records.map(factOf));
    } catch {
      // One of them is to blame; alone, each answers for itself.
      const outcomes: Outcome[] = [];
      for (const record of records) outcomes.push(await one(record));
      return outcomes;
    }
  };
}

async function inTrace(
  context: Record<string, unknown>,
  fact: Envelope,
  { ports }: Runtime,
  handle: (ctx: Record<string, unknown>) => Promise<void>,
): Promise<void> {
  if (!("bus" in context) || !ports.bus) return await handle(context);
  const traced = tracedBus(ports.bus, fact.traceparent);
  await handle({ ...context, bus: traced.bus });
  await traced.settle();
}

function factOf(record: SQSRecord): Envelope {
  const envelope = EnvelopeShape.parse(JSON.parse(record.body));
  if (!Object.hasOwn(events, envelope.type)) throw new Error(`There is no fact ${envelope.type}.`);
  const data = events[envelope.type as keyof typeof events].data.parse(envelope.data);
  return { ...envelope, data } as Envelope;
}

// A fault that another attempt would not better is acknowledged and counted; anything else comes again until its attempts are spent.
function outcomeOf(error: unknown): Outcome {
  return { kind: error instanceof Fault && !faults[error.code].retry ? "dropped" : "retry", error };
}

function report(
  queue: QueueName,
  records: readonly SQSRecord[],
  outcomes: readonly Outcome[],
  durationMs: number,
  { observer, clock }: Runtime,
): void {
  const count = (kind: Outcome["kind"]): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  const [dropped, retried] = [count("dropped"), count("retry")];
  observer.line(retried > 0 ? "warn" : "info", {
    kind: "queue",
    queue,
    messages: records.length,
    dropped,
    retried,
    durationMs: Math.round(durationMs),
  });
  const facts = outcomes.flatMap((outcome) => (outcome.kind === "done" ? [outcome.fact] : []));
  // How long each fact waited from when it became true until all of it was done here: what people wait for.
  const agesMs = (of: readonly Envelope[]): number[] =>
    of.map(({ occurredAt }) => Math.max(0, clock.now().getTime() - Date.parse(occurredAt)));
  observer.measure({ queue }, { messages: records.length, dropped, retried, durationMs, handledMs: agesMs(facts) });
  for (const [fact, same] of Map.groupBy(facts, ({ type }) => type)) observer.measure({ queue, fact }, { handledMs: agesMs(same) });
  outcomes.forEach((outcome, i) => {
    // A store that is away is no bug: the message comes again when it may be back.
    if (outcome.kind !== "done" && faultOf(outcome.error).isBug)
      observer.bug(outcome.error, { queue, messageId: records[i]?.messageId ?? "" });
  });
}
