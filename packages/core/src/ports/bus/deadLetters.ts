import type { QueueName } from "@pendo/contract/queues";

/**
 * What lies in the queues, for whoever watches over them. A port of its own: it may take messages out of a queue, which nobody who emits facts
 * has to.
 */
export interface DeadLetters {
  /** Depths of all queues and their dead letters. */
  depths(): Promise<QueueDepth[]>;
  /** The oldest facts that a queue's consumer could not do. Looking takes none away. */
  deadLetters(queue: QueueName, limit: number): Promise<DeadLetter[]>;
  /** Sends dead letters back to their queue; answers how many. */
  redrive(queue: QueueName, limit: number): Promise<number>;
  /** Removes a dead letter; returns whether it was there. */
  remove(queue: QueueName, id: string): Promise<boolean>;
}

export interface QueueDepth {
  readonly queue: QueueName;
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
  /** Age of the oldest waiting message, where the store knows it. */
  readonly oldestSec: number | null;
}

export interface DeadLetter {
  /** Names it in its queue of dead letters, whatever it holds. */
  readonly id: string;
  /** What it holds, as it stands: an event, one of another release, or anything else that came into the queue. */
  readonly text: string;
  readonly attempts: number;
  readonly reason: string | null;
}
