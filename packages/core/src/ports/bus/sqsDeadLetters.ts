import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from "@aws-sdk/client-sqs";
import { type QueueName, queues } from "@pendo/contract/queues";
import { Fault } from "../../fault.ts";
import { boundedCalls, reached } from "../awsFailure.ts";
import type { DeadLetter, DeadLetters, QueueDepth } from "./deadLetters.ts";
import { BATCH_COUNT_MAX, countsOf, type DeadLetterUrls, inSlices } from "./sqsMessages.ts";
import { sendBatches } from "./sqsSend.ts";

export interface SqsDeadLettersOptions {
  readonly queueUrls: DeadLetterUrls;
  readonly client?: SQSClientConfig;
}

// A dead letter that is being looked at, or moved, is hidden from others for so long, or until that is done.
const PEEK_SEC = 10;
const REDRIVE_SEC = 60;
const LOOKED_AT_MAX = 1_000;

const queueNames = Object.keys(queues) as QueueName[];

/**
 * The queues of SQS, as staff see them.
 * @throws {Fault} `store.unavailable`: the service is busy or can't be reached
 */
export function sqsDeadLetters({ queueUrls, ...options }: SqsDeadLettersOptions): DeadLetters {
  const client = new SQSClient({ ...boundedCalls, ...options.client });
  return {
    depths: () => Promise.all(queueNames.map((queue) => depthOf(client, queueUrls, queue))),
    deadLetters: (queue, limit) => peek(client, queueUrls[queue].deadUrl, queue, limit),
    redrive: (queue, limit) => redrive(client, queueUrls[queue], limit),
    remove: (queue, id) => remove(client, queueUrls[queue].deadUrl, id),
  };
}

async function depthOf(client: SQSClient, queueUrls: DeadLetterUrls, queue: QueueName): Promise<QueueDepth> {
  const [live, dead] = await Promise.all([countsOf(client, queueUrls[queue].url), countsOf(client, queueUrls[queue].deadUrl)]);
  // A dead letter that somebody looks at is one still. SQS tells the age of the oldest message to CloudWatch alone.
  return { queue, waiting: live.visible, inFlight: live.inFlight, dead: dead.visible + dead.inFlight, oldestSec: null };
}

async function receive(client: SQSClient, url: string, max: number, hiddenSec: number): Promise<Message[]> {
  // A wait, however short, asks all of SQS's servers; without one a message may be there and not be found.
  const asked = new ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: Math.min(max, BATCH_COUNT_MAX),
    VisibilityTimeout: hiddenSec,
    WaitTimeSeconds: 1,
    MessageSystemAttributeNames: ["AWSTraceHeader"],
  });
  const { Messages: messages = [] } = await reached(client.send(asked));
  return messages;
}

async function show(client: SQSClient, url: string, messages: readonly Message[]): Promise<void> {
  for (const slice of inSlices(messages)) {
    const entries = slice.map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0 }));
    await reached(client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries: entries })));
  }
}

/** Takes messages, by their ids, until there are enough, or what was wanted is among them. They are hidden from others meanwhile. */
async function take(
  client: SQSClient,
  url: string,
  limit: number,
  isEnough: (seen: ReadonlyMap<string, Message>) => boolean,
): Promise<Map<string, Message>> {
  const seen = new Map<string, Message>();
  const startedMs = performance.now();
  // Beyond half of the time for which they are hidden, the first would come again.
  while (seen.size < limit && !isEnough(seen) && performance.now() - startedMs < PEEK_SEC * 500) {
    const messages = await receive(client, url, limit - seen.size, PEEK_SEC);
    if (messages.length === 0) break;
    for (const message of messages) seen.set(message.MessageId ?? "", message);
  }
  return seen;
}

/** Looks at dead letters: they are hidden for a moment and shown again, or show themselves when whoever looks was killed. */
async function peek(client: SQSClient, url: string, queue: QueueName, limit: number): Promise<DeadLetter[]> {
  const seen = await take(client, url, limit, () => false);
  await show(client, url, [...seen.values()]);
  const attempts = queues[queue].attemptsMax;
  // SQS keeps no reason; the consumer's log has it.
  return [...seen].map(([id, { Body: text = "" }]) => ({ id, text, attempts, reason: null }));
}

/** SQS finds no message by its id: they are looked through as when they are listed. */
async function remove(client: SQSClient, url: string, id: string): Promise<boolean> {
  const seen = await take(client, url, LOOKED_AT_MAX, (messages) => messages.has(id));
  const found = seen.get(id);
  if (found) {
    const entries = [{ Id: "0", ReceiptHandle: found.ReceiptHandle }];
    await reached(client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: entries })));
  }
  seen.delete(id);
  await show(client, url, [...seen.values()]);
  return found !== undefined;
}

/** Sends first and deletes then: killed in between, a message is in both queues, and its consumer knows that it has done it. */
async function redrive(client: SQSClient, { url, deadUrl }: DeadLetterUrls[QueueName], limit: number): Promise<number> {
  let moved = 0;
  while (moved < limit) {
    const messages = await receive(client, deadUrl, limit - moved, REDRIVE_SEC);
    if (messages.length === 0) break;
    const failed = await sendBatches(
      client,
      url,
      messages.map(({ Body, Attributes }) => ({ body: Body ?? "", xray: Attributes?.AWSTraceHeader ?? null })),
      AbortSignal.timeout(10_000),
    );
    const [sent, kept] = [messages.filter((_, i) => !failed.has(i)), messages.filter((_, i) => failed.has(i))];
    const entries = sent.map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle }));
    if (sent.length > 0) await reached(client.send(new DeleteMessageBatchCommand({ QueueUrl: deadUrl, Entries: entries })));
    await show(client, deadUrl, kept);
    moved += sent.length;
    const [failure] = failed.values();
    if (failure && moved === 0) throw failure.passes ? new Fault("store.unavailable", { cause: failure.cause }) : new Error(failure.reason);
    if (failure) break;
  }
  return moved;
}
