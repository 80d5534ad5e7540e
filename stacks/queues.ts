import { type QueueName, queues as contract, type QueueSpec } from "@pendo/contract/queues";
import { entryOf } from "@pendo/functions/lambda/entries";
import { componentOf } from "@pendo/operations/components";
import { type FunctionContext, type LiveFunction, liveFunction } from "./functions";
import type { Place } from "./place";

/** A queue of the contract, and where its messages go when their attempts are spent. */
export interface QueuePair {
  readonly spec: QueueSpec;
  readonly live: sst.aws.Queue;
  readonly dead: sst.aws.Queue;
}
export type Queues = Readonly<Record<QueueName, QueuePair>>;

// AWS advises six times the function's timeout, so that throttled batches don't come back while they are still retried.
const VISIBILITY_FACTOR = 6;
// Larger batches need a window to gather in, which what people wait for must not have.
const UNGATHERED_MAX = 10;

/** Makes a queue and its dead letters for every entry of the contract. */
export function queues(place: Place): Queues {
  const made = Object.entries<QueueSpec>(contract).map(([name, spec]) => {
    const component = `${place.prefix}${componentOf(name)}`;
    const dead = new sst.aws.Queue(`${component}DeadLetters`, { fifo: spec.fifo }, place.opts);
    const live = new sst.aws.Queue(
      `${component}Queue`,
      {
        fifo: spec.fifo,
        visibilityTimeout: `${VISIBILITY_FACTOR * spec.timeoutSec + spec.windowSec} seconds`,
        dlq: { queue: dead.arn, retry: spec.attemptsMax },
      },
      place.opts,
    );
    return [name, { spec, live, dead }] as const;
  });
  return Object.fromEntries(made) as Queues;
}

/** Gives every queue its consumer: batches with partial failures, a bounded number at once. */
export function consumers(context: FunctionContext, made: Queues): Readonly<Record<QueueName, LiveFunction>> {
  const { stage, place } = context;
  const all = Object.entries(made).map(([name, { spec, live }]) => {
    const consumer = liveFunction(context, {
      name: `${componentOf(name)}Consumer`,
      description: `Consumes the queue ${name}`,
      handler: entryOf("queue", name).handler,
      needs: spec.needs,
      timeoutSec: spec.timeoutSec,
      memoryMb: spec.memoryMb,
      shift: "blueGreen",
      grants: [
        {
          actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
          resources: [live.arn],
        },
      ],
    });
    live.subscribe(consumer.alias ? consumer.target : consumer.fn.arn, {
      batch: {
        size: spec.windowSec > 0 ? spec.batchMax : Math.min(spec.batchMax, UNGATHERED_MAX),
        ...(spec.windowSec > 0 && { window: `${spec.windowSec} seconds` }),
        partialResponses: true,
      },
      transform: {
        eventSourceMapping: (args, opts) => {
          args.scalingConfig = { maximumConcurrency: stage.queueConcurrencyMax };
          Object.assign(opts, place.opts);
        },
      },
    });
    return [name, consumer] as const;
  });
  return Object.fromEntries(all) as Readonly<Record<QueueName, LiveFunction>>;
}
