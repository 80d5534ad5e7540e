import type { PortName } from "./ports.ts";

export interface QueueSpec {
  readonly fifo: boolean;
  readonly batchMax: number;
  /** How long a batch may collect jobs; 0 if a user waits for the result. */
  readonly windowSec: number;
  readonly timeoutSec: number;
  readonly memoryMb: number;
  /** How often a job is tried before it becomes a dead letter. */
  readonly attemptsMax: number;
  readonly needs: readonly PortName[];
}

/** One queue per concern. A job is the envelope of an event that `events.ts` sends to the queue. */
export const queues = {
  email: queue({
    fifo: false,
    batchMax: 10,
    windowSec: 0,
    timeoutSec: 30,
    memoryMb: 512,
    attemptsMax: 5,
    needs: ["db", "mail", "secrets"],
  }),
  push: queue({
    fifo: false,
    batchMax: 10,
    windowSec: 0,
    timeoutSec: 30,
    memoryMb: 512,
    attemptsMax: 5,
    needs: ["db", "bus", "cache", "push"],
  }),
  moderation: queue({
    fifo: false,
    batchMax: 10,
    windowSec: 0,
    timeoutSec: 60,
    memoryMb: 1769,
    attemptsMax: 5,
    needs: ["db", "bus", "storage", "vision", "judge"],
  }),
  matching: queue({ fifo: false, batchMax: 10, windowSec: 0, timeoutSec: 30, memoryMb: 1024, attemptsMax: 5, needs: ["db", "cache"] }),
  analytics: queue({ fifo: false, batchMax: 100, windowSec: 10, timeoutSec: 60, memoryMb: 512, attemptsMax: 5, needs: ["db"] }),
  media: queue({ fifo: false, batchMax: 4, windowSec: 0, timeoutSec: 60, memoryMb: 1769, attemptsMax: 5, needs: ["db", "bus", "storage"] }),
  search: queue({ fifo: false, batchMax: 50, windowSec: 2, timeoutSec: 30, memoryMb: 512, attemptsMax: 5, needs: ["db", "search"] }),
  realtime: queue({
    fifo: false,
    batchMax: 50,
    windowSec: 0,
    timeoutSec: 15,
    memoryMb: 1024,
    attemptsMax: 3,
    needs: ["db", "bus", "cache", "connections", "sockets", "secrets"],
  }),
} as const satisfies Record<string, QueueSpec>;

export type QueueName = keyof typeof queues;

function queue<const Q extends QueueSpec>(spec: Q): Q {
  return spec;
}
