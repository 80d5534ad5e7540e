import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from "@aws-sdk/client-sqs";
import type { EventId } from "@pendo/contract/ids";
import { type QueueName, queues } from "@pendo/contract/queues";
import { Fault } from "../../fault.ts";
import { boundedCalls, reached } from "../awsFailure.ts";
import type { Clock } from "../clock/clock.ts";
import type { Db } from "../db/db.ts";
import type { Ids } from "../ids/ids.ts";
import type { Bus, DeadLetter, QueueDepth } from "./bus.ts";
import { outboxWriter, returnFacts, shared, takeFacts } from "./outbox.ts";
import { BATCH_COUNT_MAX, envelopeOf, inSlices, type QueueUrls } from "./sqsMessages.ts";
import { sendBatches, sendFacts, type Unsent } from "./sqsSend.ts";

export interface SqsBusOptions {
  readonly db: Db;
  readonly queueUrls: QueueUrls;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly client?: SQSClientConfig;
  /** The longest the sends of one round may take, the SDK's retries included; what is unsent then stays in the outbox. 3 s unless told. */
  readonly sendMs?: number;
  /** What went wrong in `relaySoon`, whose caller has succeeded already. */
  readonly onError?: (error: unknown) => void;
}

const RELAY_BATCH_MAX = 100;
// A request that finds a backlog moves some of it and leaves the rest to the sweep: its caller is waiting.
const SOON_MS = 1_000;
// A dead letter that is being looked at, or moved, is hidden from others for so long, or until that is done.
const PEEK_SEC = 10;
const REDRIVE_SEC = 60;

/**
 * Facts leave the outbox for SQS. A fact is deleted in the transaction that commits after all of its queues have taken it; one that a queue
 * did not take stays, and is then sent to all of its queues again. So nothing is lost, and anything may come twice.
 */
export function sqsBus(options: SqsBusOptions): Bus {
  const { db, queueUrls, onError = () => {} } = options;
  const client = new SQSClient({ ...boundedCalls, ...options.client });
  const walk = (budgetMs: number): Promise<number> => relayAll({ client, db, queueUrls, sendMs: options.sendMs ?? 3_000 }, budgetMs);
  const relay = shared(() => walk(Infinity));
  const soon = shared(() => walk(SOON_MS));
  return {
    emit: outboxWriter(options),
    relay,
    relaySoon: async () => {
      // A function freezes after its answer, so the facts leave before it. They are committed: what fails here is the sweep's to mend.
      await soon().catch(onError);
    },
    depths: () => Promise.all(queueNames.map((queue) => depthOf(client, queueUrls, queue))),
    deadLetters: (queue, limit) => peek(client, queueUrls[queue].deadUrl, queue, limit),
    redrive: (queue, limit) => redrive(client, queueUrls[queue], limit),
    ping: async () => void (await attributes(client, queueUrls.realtime.url)),
  };
}

const queueNames = Object.keys(queues) as QueueName[];

interface Relay {
  readonly client: SQSClient;
  readonly db: Db;
  readonly queueUrls: QueueUrls;
  readonly sendMs: number;
}

/** Walks the outbox once, oldest first. What can't be sent is stepped over, so that one broken queue does not hold up the others. */
async function relayAll(relay: Relay, budgetMs: number): Promise<number> {
  const startedMs = performance.now();
  let moved = 0;
  let stuck = 0;
  let worst: Unsent | undefined;
  for (let after: EventId | null = null; ;) {
    const round = await relayRound(relay, after);
    moved += round.moved;
    stuck += round.taken - round.moved;
    // What does not pass by itself is what a person must hear of.
    const lasting = round.unsent.find((one) => !one.passes);
    worst = worst?.passes === false ? worst : (lasting ?? worst ?? round.unsent[0]);
    after = round.last;
    if (round.taken < RELAY_BATCH_MAX || performance.now() - startedMs > budgetMs) break;
    // Nothing left, and nothing is refused: SQS is away, and further rounds would only wait for it.
    if (round.moved === 0 && !lasting) break;
  }
  if (!worst) return moved;
  const cause = new Error(`${stuck} facts stay in the outbox; ${worst.queue} did not take one: ${worst.reason}`, { cause: worst.cause });
  throw worst.passes ? new Fault("store.unavailable", { cause }) : cause;
}

interface Round {
  readonly taken: number;
  readonly moved: number;
  readonly last: EventId | null;
  readonly unsent: readonly Unsent[];
}

async function relayRound({ client, db, queueUrls, sendMs }: Relay, after: EventId | null): Promise<Round> {
  return await db.begin(async (tx) => {
    const facts = await takeFacts(tx, RELAY_BATCH_MAX, after);
    const unsent = facts.length > 0 ? await sendFacts(client, queueUrls, facts, AbortSignal.timeout(sendMs)) : [];
    const staying = new Set(unsent.map((one) => one.factId));
    await returnFacts(
      tx,
      facts.filter((fact) => staying.has(fact.id)),
    );
    // PostgreSQL returns deleted rows in no order.
    const last = facts.reduce<EventId | null>((newest, { id }) => (newest === null || id > newest ? id : newest), after);
    return { taken: facts.length, moved: facts.length - staying.size, last, unsent };
  });
}

async function attributes(client: SQSClient, url: string): Promise<{ visible: number; inFlight: number }> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes: found = {} } = await reached(
    client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] })),
  );
  const [visible, delayed, inFlight] = names.map((name) => Number(found[name] ?? 0)) as [number, number, number];
  return { visible: visible + delayed, inFlight };
}

async function depthOf(client: SQSClient, queueUrls: QueueUrls, queue: QueueName): Promise<QueueDepth> {
  const [live, dead] = await Promise.all([attributes(client, queueUrls[queue].url), attributes(client, queueUrls[queue].deadUrl)]);
  // A dead letter that somebody looks at is one still. SQS tells the age of the oldest message to CloudWatch alone.
  return { queue, waiting: live.visible, inFlight: live.inFlight, dead: dead.visible + dead.inFlight, oldestSec: null };
}

async function receive(client: SQSClient, url: string, max: number, hiddenSec: number): Promise<Message[]> {
  // A wait, however short, asks all of SQS's servers; without one a message may be there and not be found.
  const asked = { QueueUrl: url, MaxNumberOfMessages: Math.min(max, BATCH_COUNT_MAX), VisibilityTimeout: hiddenSec, WaitTimeSeconds: 1 };
  const { Messages: messages = [] } = await reached(client.send(new ReceiveMessageCommand(asked)));
  return messages;
}

async function show(client: SQSClient, url: string, messages: readonly Message[]): Promise<void> {
  for (const slice of inSlices(messages)) {
    const entries = slice.map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0 }));
    await reached(client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries: entries })));
  }
}

/** Looks at dead letters: they are hidden for a moment and shown again, or show themselves when whoever looks was killed. */
async function peek(client: SQSClient, url: string, queue: QueueName, limit: number): Promise<DeadLetter[]> {
  const seen = new Map<string, Message>();
  const startedMs = performance.now();
  // Beyond half of the time for which they are hidden, the first would come again.
  while (seen.size < limit && performance.now() - startedMs < PEEK_SEC * 500) {
    const messages = await receive(client, url, limit - seen.size, PEEK_SEC);
    if (messages.length === 0) break;
    for (const message of messages) seen.set(message.MessageId ?? "", message);
  }
  await show(client, url, [...seen.values()]);
  const attempts = queues[queue].attemptsMax;
  // SQS keeps no reason; the consumer's log has it.
  return [...seen.values()].flatMap((message) => {
    const body = envelopeOf(message);
    return body ? [{ body, attempts, reason: null }] : [];
  });
}

/** Sends first and deletes then: killed in between, a message is in both queues, and its consumer knows that it has done it. */
async function redrive(client: SQSClient, { url, deadUrl }: QueueUrls[QueueName], limit: number): Promise<number> {
  let moved = 0;
  while (moved < limit) {
    const messages = await receive(client, deadUrl, limit - moved, REDRIVE_SEC);
    if (messages.length === 0) break;
    const failed = await sendBatches(
      client,
      url,
      messages.map((message) => message.Body ?? ""),
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
