import type { Message } from "@aws-sdk/client-sqs";
import type { Envelope } from "@pendo/contract/events";
import type { QueueName } from "@pendo/contract/queues";

/** Where each queue is, and where its dead letters go. */
export type QueueUrls = Readonly<Record<QueueName, { readonly url: string; readonly deadUrl: string }>>;

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
