import type { Envelope } from "@pendo/contract/events";
import type { EventId, UserId } from "@pendo/contract/ids";
import type { TestPorts } from "@pendo/local/testPorts";
import type { SQSEvent } from "aws-lambda";

/** An event of the matching queue, about a user of its own. */
export function deckLow({ ids, clock }: TestPorts, traceparent: string | null = null): Envelope<"deck.low"> {
  return {
    id: ids.next<EventId>(),
    type: "deck.low",
    version: 1,
    occurredAt: clock.now().toISOString(),
    actor: null,
    traceparent,
    data: { userId: ids.next<UserId>() },
  };
}

/** A batch as SQS delivers it: its messages are called m0, m1 and so on. What is no text is sent as JSON. */
export function batchOf(bodies: readonly unknown[], attributes: (at: number) => object = () => ({})): SQSEvent {
  const records = bodies.map((body, at) => ({
    messageId: `m${at}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: attributes(at),
  }));
  return { Records: records } as unknown as SQSEvent;
}
