import { GetQueueAttributesCommand, type Message, type SQSClient } from "@aws-sdk/client-sqs";
import type { Envelope } from "@pendo/contract/events";
import type { QueueName } from "@pendo/contract/queues";
import { reached } from "../awsFailure.ts";

/** Where each queue is. */
export type QueueUrls = Readonly<Record<QueueName, { readonly url: string }>>;

/** The same, and where its dead letters go. */
export type DeadLetterUrls = Readonly<Record<QueueName, { readonly url: string; readonly deadUrl: string }>>;

/** How many messages one call of SQS may name. */
export const BATCH_COUNT_MAX = 10;

/** Cuts a list into what one call may name. */
export function inSlices<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH_COUNT_MAX) }, (_, i) =>
    items.slice(i * BATCH_COUNT_MAX, (i + 1) * BATCH_COUNT_MAX),
  );
}

/** The fact in a message; null where it holds something else, which no bus of ours sent. */
export function envelopeOf({ Body: text = "" }: Message): Envelope | null {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === "object" && body !== null && "id" in body && "type" in body ? (body as Envelope) : null;
  } catch {
    return null;
  }
}

/** How many messages wait in a queue, and how many somebody works on. Approximately, as SQS says. */
export async function countsOf(client: SQSClient, url: string): Promise<{ visible: number; inFlight: number }> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes: found = {} } = await reached(
    client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] })),
  );
  const [visible, delayed, inFlight] = names.map((name) => Number(found[name] ?? 0)) as [number, number, number];
  return { visible: visible + delayed, inFlight };
}
