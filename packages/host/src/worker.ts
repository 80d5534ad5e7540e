import type { Bus, Consumer, Delivery } from "@pendo/core/ports/bus/bus";
import { type QueueName, queues } from "@pendo/contract/queues";
import type { QueueFunction } from "@pendo/functions/middleware/queue";
import type { SQSEvent } from "aws-lambda";
import { courtesy } from "./courtesy.ts";
import { invocation } from "./invocation.ts";

/** How often a queue is looked at without being told to: for retries that became due, and what other processes sent. */
const POLL_MS = 1000;

export interface Worker {
  /**
   * Resolves when every event committed so far has been worked on, with all that followed from it: a test's way to see all effects. Where
   * `unfinished` counts messages, those that wait for a retry are waited for as well.
   */
  idle(): Promise<void>;
  /** Takes no more messages, and waits for those in flight. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly consumer: Consumer & Pick<Bus, "relay">;
  readonly functions: ReadonlyMap<QueueName, QueueFunction>;
  readonly onError: (error: unknown) => void;
  /** Whether people are being served who should not wait for what the queues do. */
  readonly isBusy?: () => boolean;
  /** How many messages are in the queues, those that wait for a retry included. */
  readonly unfinished?: () => Promise<number>;
  /** How often to look without being told; each second unless it is said. */
  readonly pollMs?: number;
}

/** Somebody waits for what these do. */
export const urgentQueues: ReadonlySet<QueueName> = new Set(["realtime", "email"]);
/** Other processes do their work, so these yield to no requests. */
const elsewhere: ReadonlySet<QueueName> = new Set(["media"]);
/** Batches worked at once, where it is not one. A picture waits for its turn within its batch: small ones must not wait for a batch of large ones. */
const batchesAtOnce: Partial<Record<QueueName, number>> = { media: 8 };

/**
 * Polls the queues as Lambda would, and gives each batch to the queue's function. One batch of a queue at a time, and several of `media`. While the host is busy, the queues
 * that nobody waits for take turns, and each batch yields to requests for a moment.
 */
export function startWorker(options: WorkerOptions): Worker {
  const { consumer, functions, onError, isBusy = () => false, unfinished = async () => 0, pollMs = POLL_MS } = options;
  let stopping = false;
  const courteous = courtesy(isBusy);
  const loops = [...functions].flatMap(([queue, serve]) =>
    Array.from({ length: batchesAtOnce[queue] ?? 1 }, () => ({ queue, ...loop(queue, serve) })),
  );

  function loop(queue: QueueName, serve: QueueFunction): { wake(): void; busy(): boolean; ended: Promise<void> } {
    let wakeUp: () => void = () => {};
    let called = false;
    let working = false;
    const sleep = (): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    const run = async (): Promise<void> => {
      while (!stopping) {
        called = false;
        working = true;
        let isMore = false;
        try {
          const work = (): Promise<boolean> => workBatch(consumer, queue, serve);
          isMore = await (urgentQueues.has(queue) || elsewhere.has(queue) ? work() : courteous(work));
        } catch (error) {
          // The store is away or the process is short of something: the messages stay, and come again.
          if (!stopping) onError(error);
        }
        working = false;
        // What came since has called.
        if (!isMore && !called && !stopping) await sleep();
      }
    };
    return {
      wake: () => {
        called = true;
        wakeUp();
      },
      busy: () => working || called,
      ended: run(),
    };
  }

  const silence = consumer.onArrival((queue) => loops.filter((one) => one.queue === queue).forEach((one) => one.wake()));
  return {
    idle: async () => {
      // What a handler emits is relayed after it is done; so the relay has to find nothing while nobody works.
      for (;;) {
        while (loops.some((one) => one.busy())) await new Promise((resolve) => setTimeout(resolve, 5));
        if ((await consumer.relay()) > 0 || loops.some((one) => one.busy())) continue;
        if ((await unfinished()) === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop: async () => {
      stopping = true;
      silence();
      for (const one of loops) one.wake();
      await Promise.all(loops.map((one) => one.ended));
    },
  };
}

/** Works one batch. Returns whether to look again at once: it was full, or a message went back and may be due already. */
async function workBatch(consumer: Consumer, queue: QueueName, serve: QueueFunction): Promise<boolean> {
  const { batchMax } = queues[queue];
  const deliveries = await consumer.fetch(queue, batchMax);
  const [suspect, others] = [deliveries.filter(({ isSuspect }) => isSuspect), deliveries.filter(({ isSuspect }) => !isSuspect)];
  let failures = 0;
  // A message that may have ended the process costs no other message an attempt when it does so again.
  for (const together of [others, ...suspect.map((one) => [one])]) failures += await workTogether(consumer, { queue, serve, together });
  return deliveries.length === batchMax || failures > 0;
}

interface Work {
  readonly queue: QueueName;
  readonly serve: QueueFunction;
  readonly together: readonly Delivery[];
}

/** Gives messages to the queue's function. Returns how many failed. */
async function workTogether(consumer: Consumer, { queue, serve, together }: Work): Promise<number> {
  if (together.length === 0) return 0;
  const mine = new Set(
    await consumer.begin(
      queue,
      together.map(({ id }) => id),
    ),
  );
  const deliveries = together.filter(({ id }) => mine.has(id));
  if (deliveries.length === 0) return 0;
  const { batchItemFailures } = await serve(sqsEvent(queue, deliveries), invocation(queues[queue].timeoutSec));
  const failed = new Set(batchItemFailures.map((item) => item.itemIdentifier));
  const done = deliveries.filter(({ id }) => !failed.has(id)).map(({ id }) => id);
  await Promise.all([consumer.complete(queue, done), consumer.fail(queue, [...failed], "its handler failed; the log says how")]);
  return failed.size;
}

function sqsEvent(queue: QueueName, deliveries: readonly Delivery[]): SQSEvent {
  return {
    Records: deliveries.map(({ id, body, attempt, sentAt, xray }) => ({
      messageId: id,
      receiptHandle: id,
      body: JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: String(attempt),
        SentTimestamp: String(sentAt.getTime()),
        SenderId: "local",
        ApproximateFirstReceiveTimestamp: String(sentAt.getTime()),
        ...(xray !== undefined && { AWSTraceHeader: xray }),
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "local:queue",
      eventSourceARN: `arn:local:queue:${queue}`,
      awsRegion: "local",
    })),
  };
}
