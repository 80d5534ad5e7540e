// Apart from the outbox: whoever only writes facts loads no schemas of them.
import { type Envelope, type EventSpec, events } from "@pendo/contract/events";
import type { QueueName } from "@pendo/contract/queues";

/** How long a queue keeps this fact back. */
export function delaySecOf({ type }: Pick<Envelope, "type">): number {
  const spec: EventSpec = events[type];
  return spec.delaySec ?? 0;
}

/** The types that this release knows. The outbox may hold others, of a newer release that was rolled back. */
export const eventTypes: readonly string[] = Object.keys(events);

/** The facts that each queue receives, in their order. */
export function byQueue(facts: readonly Envelope[]): Map<QueueName, Envelope[]> {
  const queues = new Map<QueueName, Envelope[]>();
  for (const fact of facts) {
    for (const queue of events[fact.type].to) {
      const waiting = queues.get(queue);
      if (waiting) waiting.push(fact);
      else queues.set(queue, [fact]);
    }
  }
  return queues;
}
