import type { Envelope, EventData, EventName } from "@pendo/contract/events";
import type { EventId, UserId } from "@pendo/contract/ids";
import type { QueueName } from "@pendo/contract/queues";
import type { Tx } from "../db/db.ts";

export interface About {
  readonly actor?: UserId;
  readonly traceparent?: string;
}

/** An event to write: its name, its data, and what is known about it. */
export type NewEvent = { [E in EventName]: About & { readonly name: E; readonly data: EventData<E> } }[EventName];

/** Facts leave with their transaction: `emit` writes to the outbox, the relay delivers at least once. */
export interface Bus {
  /** Writes a fact to the outbox, in the transaction that makes it true. It is delivered if and only if that commits. */
  emit<E extends EventName>(tx: Tx, name: E, data: EventData<E>, about?: About): Promise<EventId>;
  /** Writes several events in one statement, delivered as those of `emit`. Returns their ids, in the order of the events. */
  emitAll(tx: Tx, events: readonly NewEvent[]): Promise<EventId[]>;
  /** To be called after a transaction that emitted has committed: its facts leave at once. Where the process may freeze, it waits until they left. */
  relaySoon(): Promise<void>;
  /** Relays everything that is committed and not yet relayed; answers how many facts it moved. */
  relay(): Promise<number>;
  ping(): Promise<void>;
}

/** The consuming side of queues outside Lambda, where nothing polls for us. */
export interface Consumer {
  /** Takes up to `max` messages, each hidden from other consumers until it is completed, failed, or its time is over. */
  fetch(queue: QueueName, max: number): Promise<Delivery[]>;
  /**
   * Counts an attempt of each message whose handler starts now. Returns the ids that may start: the others went back to the queue meanwhile.
   * Only a store that counts attempts itself, as SQS does, has nothing to count here.
   */
  begin(queue: QueueName, deliveryIds: readonly string[]): Promise<readonly string[]>;
  complete(queue: QueueName, deliveryIds: readonly string[]): Promise<void>;
  /** Returns messages to the queue, or to its dead letters when their attempts are spent. */
  fail(queue: QueueName, deliveryIds: readonly string[], reason: string): Promise<void>;
  /** Calls back when messages may have arrived in the queue; answers how to stop. */
  onArrival(listener: (queue: QueueName) => void): () => void;
}

export interface Delivery {
  readonly id: string;
  readonly body: Envelope;
  /** 1 for the first delivery. */
  readonly attempt: number;
  readonly sentAt: Date;
  /** X-Ray's header, where the store hands one on. */
  readonly xray?: string;
  /** An earlier process ended while the handler of this message ran. It may have ended the process, so it is handled alone. */
  readonly isSuspect?: boolean;
}
