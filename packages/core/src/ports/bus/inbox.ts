import type { EventId } from "@pendo/contract/ids";
import type { QueueName } from "@pendo/contract/queues";
import type { Tx } from "../db/db.ts";

/**
 * Marks a fact as done by a consumer, in the transaction of its effect. Delivery is at least once; the effect of whoever asks first happens once.
 * @returns false where the fact was done already: leave everything as it is.
 */
export async function firstTime(tx: Tx, consumer: QueueName, eventId: EventId, at: Date): Promise<boolean> {
  const rows = await tx`
    insert into inbox (consumer, event_id, done_at) values (${consumer}, ${eventId}, ${at})
    on conflict do nothing returning 1`;
  return rows.count > 0;
}
