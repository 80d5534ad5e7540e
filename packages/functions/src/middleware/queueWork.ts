import type { Envelope } from "@pendo/contract/events";
import { faults } from "@pendo/contract/faults";
import type { QueueName } from "@pendo/contract/queues";
import { Fault } from "@pendo/core/fault";
import type { Message } from "./queueMessages.ts";
import type { Outcome } from "./queueReport.ts";
import type { Runtime, TimeLimit } from "./runtime.ts";
import { isLate, limited, timeLimit, within } from "./timeLimit.ts";
import { currentTrace, inTrace, tracedBus } from "./trace.ts";

export type Each = Readonly<Record<string, (ctx: never, fact: never) => Promise<void>>>;
export type Batch = { readonly batch: (ctx: never, facts: never) => Promise<Counted | void> };
type Counted = Readonly<Record<string, number>>;
type Context = Readonly<Record<string, unknown>>;

export interface WorkedBatch {
  readonly outcomes: readonly Outcome[];
  /** Why the batch failed as a whole. Its messages were then tried alone. */
  readonly wholeError?: unknown;
}
export type Work = (messages: readonly Message[], limit: TimeLimit) => Promise<WorkedBatch>;

/** Works messages beside each other. */
export function eachWork(handlers: Each, context: Context, runtime: Runtime): Work {
  const handle = async (fact: Envelope, limit: TimeLimit): Promise<void> => {
    const serve = handlers[fact.type];
    if (!serve) throw new Error(`This queue does not consume ${fact.type}.`);
    await withBus(limited(context, limit), runtime, (ctx) => serve(ctx as never, fact as never));
  };
  return async (messages, limit) => ({
    outcomes: await Promise.all(messages.map((message) => outcomeOf(message, limit, (fact) => handle(fact, limit)))),
  });
}

/**
 * Works messages together. Where that fails, or takes half of the time, each is tried alone with an equal share of the time that is left: a message
 * that hangs takes its own share and not that of the others.
 */
export function batchWork(queue: QueueName, { batch }: Batch, context: Context, runtime: Runtime): Work {
  const together = async (facts: readonly Envelope[], limit: TimeLimit): Promise<void> =>
    await withBus(limited(context, limit), runtime, async (ctx) => {
      const counted = await batch(ctx as never, facts as never);
      if (counted) runtime.observer.measure({ queue }, counted);
    });
  const alone = async (message: Message, limit: TimeLimit): Promise<Outcome> =>
    await outcomeOf(message, limit, (fact) => together([fact], limit)).finally(limit.end);
  return async (messages, limit) => {
    const half = timeLimit(limit.leftMs() / 2, limit);
    try {
      const facts = messages.map((message) => message.fact());
      await within(half, () => together(facts, half));
      return { outcomes: facts.map(done) };
    } catch (wholeError) {
      // One of them is to blame; alone, each answers for itself.
      const outcomes: Outcome[] = [];
      for (const [i, message] of messages.entries())
        outcomes.push(await alone(message, timeLimit(limit.leftMs() / (messages.length - i), limit)));
      return { outcomes, wholeError };
    } finally {
      half.end();
    }
  };
}

const done = (fact: Envelope): Outcome => ({ kind: "done", fact });

// A fault that another attempt would not better is acknowledged and counted; anything else comes again until its attempts are spent.
async function outcomeOf(message: Message, limit: TimeLimit, handle: (fact: Envelope) => Promise<void>): Promise<Outcome> {
  if (limit.signal.aborted) return { kind: "late", error: limit.signal.reason };
  try {
    const fact = message.fact();
    await inTrace(message.trace, () => within(limit, () => handle(fact)));
    return done(fact);
  } catch (error) {
    if (isLate(limit, error)) return { kind: "late", error };
    return { kind: error instanceof Fault && !faults[error.code].retry ? "dropped" : "retry", error };
  }
}

async function withBus(context: Context, { ports }: Runtime, handle: (ctx: Context) => Promise<void>): Promise<void> {
  const trace = currentTrace();
  if (!("bus" in context) || !ports.bus || !trace) return await handle(context);
  const traced = tracedBus(ports.bus, trace.traceparent);
  await handle({ ...context, bus: traced.bus });
  await traced.settle();
}
