import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from "@aws-sdk/client-sqs";
import { type QueueName, queues } from "@pendo/contract/queues";
import { boundedCalls, reached } from "../awsFailure.ts";
import type { Consumer, Delivery } from "./bus.ts";
import { BATCH_COUNT_MAX, envelopeOf, inSlices, type QueueUrls } from "./sqsMessages.ts";

export interface SqsConsumerOptions {
  readonly queueUrls: QueueUrls;
  readonly client?: SQSClientConfig;
  /** How long a fetch waits for a first message, at most 20 s. 5 s unless told, so that a worker that ends waits no longer for it. */
  readonly waitSec?: number;
  /** The wait before a second attempt; it doubles with each further one, up to a minute. 1 s unless told; 0 tries again at once. */
  readonly retryDelaySec?: number;
}

const RETRY_DELAY_MAX_SEC = 60;

/**
 * Consumes SQS from a container. Messages are hidden by the queue's own visibility timeout, and go to its dead letters by its redrive policy, so
 * both are as they are for the functions.
 * @throws {Fault} `store.unavailable`: the service is busy or can't be reached
 */
export function sqsConsumer({ queueUrls, waitSec = 5, retryDelaySec = 1, ...options }: SqsConsumerOptions): Consumer {
  const client = new SQSClient({
    ...boundedCalls,
    requestHandler: { ...boundedCalls.requestHandler, requestTimeout: waitSec * 1_000 + boundedCalls.requestHandler.requestTimeout },
    ...options.client,
  });

  async function receive(queue: QueueName, max: number, wait: number): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrls[queue].url,
      MaxNumberOfMessages: Math.min(max, BATCH_COUNT_MAX),
      WaitTimeSeconds: wait,
      MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp", "AWSTraceHeader"],
    });
    return (await reached(client.send(command))).Messages ?? [];
  }

  return {
    async fetch(queue, max) {
      const messages: Message[] = [];
      while (messages.length < max) {
        const more = await receive(queue, max - messages.length, messages.length === 0 ? waitSec : 0);
        messages.push(...more);
        if (more.length < BATCH_COUNT_MAX) break;
      }
      // What is no fact is left alone: it comes again, and ends in the dead letters, where a person sees it.
      return messages.flatMap(deliveryOf);
    },

    // SQS counts each time that it hands a message out, whether or not a handler starts.
    begin: async (_queue, deliveryIds) => deliveryIds,

    async complete(queue, deliveryIds) {
      for (const slice of inSlices(deliveryIds)) {
        const entries = slice.map((id, i) => ({ Id: String(i), ReceiptHandle: handleOf(id).receiptHandle }));
        const { Failed = [] } = await reached(
          client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrls[queue].url, Entries: entries })),
        );
        if (Failed[0]) throw new Error(`${Failed.length} messages of ${queue} are done but come again: ${Failed[0].Code ?? "refused"}`);
      }
    },

    // SQS has no place for the reason.
    async fail(queue, deliveryIds) {
      for (const slice of inSlices(deliveryIds)) {
        const entries = slice.map((id, i) => {
          const { attempt, receiptHandle } = handleOf(id);
          // After its last attempt nobody waits: the next fetch moves it to the dead letters.
          const delaySec = attempt >= queues[queue].attemptsMax ? 0 : Math.min(retryDelaySec * 2 ** (attempt - 1), RETRY_DELAY_MAX_SEC);
          return { Id: String(i), ReceiptHandle: receiptHandle, VisibilityTimeout: Math.round(delaySec) };
        });
        // A message that this misses comes again when its visibility timeout is over.
        await reached(client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrls[queue].url, Entries: entries })));
      }
    },

    // SQS calls nobody; `fetch` waits instead.
    onArrival: () => () => {},
  };
}

function deliveryOf(message: Message): Delivery[] {
  const body = envelopeOf(message);
  if (!body) return [];
  const attempt = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
  const sentAt = new Date(Number(message.Attributes?.SentTimestamp ?? Date.now()));
  const xray = message.Attributes?.AWSTraceHeader;
  return [{ id: `${attempt}:${message.ReceiptHandle ?? ""}`, body, attempt, sentAt, ...(xray !== undefined && { xray }) }];
}

// A delivery's id says all that completing and failing it need, so a consumer remembers nothing.
function handleOf(deliveryId: string): { attempt: number; receiptHandle: string } {
  const colon = deliveryId.indexOf(":");
  return { attempt: Number(deliveryId.slice(0, colon)), receiptHandle: deliveryId.slice(colon + 1) };
}
