import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import type { Envelope } from "@pendo/contract/events";
import type { EventId } from "@pendo/contract/ids";
import type { QueueName } from "@pendo/contract/queues";
import { boundedCalls, passes } from "../awsFailure.ts";
import { byQueue, delaySecOf } from "./byQueue.ts";
import { BATCH_COUNT_MAX, type QueueUrls } from "./sqsMessages.ts";
import { xrayHeaderOf } from "./xray.ts";

/**
 * SQS takes a batch of 1 MiB in all, and none of its messages may be larger. Facts hold ids and have some 400 bytes; a batch is cut far below
 * the limit, so that what counts besides the bodies needs no sums, and a larger message travels alone.
 */
const BATCH_BYTES_MAX = 256 * 1024;

/** Why a message did not leave. */
export interface Failure {
  readonly reason: string;
  /** Whether trying again is likely to help. */
  readonly passes: boolean;
  readonly cause?: unknown;
}

export interface Unsent extends Failure {
  readonly factId: EventId;
  readonly queue: QueueName;
}

/** A client of SQS, whose calls end in time. */
export function sqsClient(config: SQSClientConfig = {}): SQSClient {
  return new SQSClient({ ...boundedCalls, ...config });
}

/** Sends each fact to each of its queues, all queues at once; answers what did not leave. It never throws. */
export async function sendFacts(
  client: SQSClient,
  queueUrls: QueueUrls,
  facts: readonly Envelope[],
  signal: AbortSignal,
): Promise<Unsent[]> {
  const unsent = await Promise.all(
    [...byQueue(facts)].map(async ([queue, sent]) => {
      const failed = await sendBatches(
        client,
        queueUrls[queue].url,
        sent.map((fact) => ({ body: JSON.stringify(fact), xray: xrayHeaderOf(fact.traceparent), delaySec: delaySecOf(fact) })),
        signal,
      );
      return [...failed].flatMap(([i, failure]): Unsent[] => (sent[i] ? [{ factId: sent[i].id, queue, ...failure }] : []));
    }),
  );
  return unsent.flat();
}

/** What one message of SQS holds. */
export interface Outgoing {
  readonly body: string;
  /** X-Ray's header, which SQS hands on to the consumer. */
  readonly xray: string | null;
  /** How long SQS keeps it back. */
  readonly delaySec?: number;
}

/** Sends messages in as few batches as the limits allow; answers which did not leave, by their place. It never throws. */
export async function sendBatches(
  client: SQSClient,
  url: string,
  messages: readonly Outgoing[],
  signal: AbortSignal,
): Promise<Map<number, Failure>> {
  const failed = new Map<number, Failure>();
  for (const batch of batches(messages.map(({ body }) => body))) {
    const entries = batch.map((place) => entryOf(place, messages[place] as Outgoing));
    try {
      const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }), { abortSignal: signal });
      for (const { Id, Code, Message, SenderFault } of answer.Failed ?? []) {
        failed.set(Number(Id), { reason: `${Code ?? "refused"} ${Message ?? ""}`.trim(), passes: SenderFault !== true });
      }
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      for (const place of batch) failed.set(place, { reason, passes: signal.aborted || passes(error), cause: error });
    }
  }
  return failed;
}

function entryOf(place: number, { body, xray, delaySec = 0 }: Outgoing): SendMessageBatchRequestEntry {
  const header = xray === null ? {} : { MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: xray } } };
  return { Id: String(place), MessageBody: body, ...header, ...(delaySec > 0 && { DelaySeconds: delaySec }) };
}

function batches(bodies: readonly string[]): number[][] {
  const all: number[][] = [];
  let batch: number[] = [];
  let bytes = 0;
  bodies.forEach((body, place) => {
    const size = Buffer.byteLength(body);
    if (batch.length === BATCH_COUNT_MAX || (batch.length > 0 && bytes + size > BATCH_BYTES_MAX)) {
      all.push(batch);
      [batch, bytes] = [[], 0];
    }
    batch.push(place);
    bytes += size;
  });
  if (batch.length > 0) all.push(batch);
  return all;
}
