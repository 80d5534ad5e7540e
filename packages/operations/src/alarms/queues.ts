import type { QueueName } from "@pendo/contract/queues";
import { AGE_FACTOR, queueTargets } from "../queueTargets.ts";
import { componentOf } from "../components.ts";
import type { MetricAlarm } from "./alarm.ts";

// Rounds of all consumers at once that may wait in a queue.
const ROUNDS_MAX = 20;

// The sender sees such a message as sent; a longer wait is noticed.
const VERDICT_MS_MAX = 1000;

/** A message without a verdict in time is held until the queue has judged it. */
export const verdictAlarm: MetricAlarm = {
  name: "MessageVerdictLate",
  metric: "lateVerdict",
  stat: "Maximum",
  says: `A message waited for more than ${VERDICT_MS_MAX} ms for its verdict, and was not delivered meanwhile. See what the moderation queue waits for.`,
  runbook: "moderation-late",
  to: "tickets",
  above: VERDICT_MS_MAX,
  periodSec: 60,
  periods: 1,
};

/** The oldest message of a queue, and how many wait. `batchesAtOnce` messages are consumed at once. */
export function queueAlarms(name: QueueName, batchesAtOnce: number): readonly MetricAlarm[] {
  const { targetSec, to } = queueTargets[name];
  const component = componentOf(name);
  const depthMax = batchesAtOnce * ROUNDS_MAX;
  return [
    {
      name: `${component}QueueAge`,
      metric: "queueAge",
      says: `The oldest message of ${name} waits for more than ${AGE_FACTOR} times the ${targetSec} s it should. See whether its consumer fails, is throttled, or is outrun.`,
      runbook: "queue-backlog",
      to,
      above: AGE_FACTOR * targetSec,
      periodSec: 60,
      periods: 3,
    },
    {
      name: `${component}QueueDepth`,
      metric: "queueLength",
      says: `More than ${depthMax} messages of ${name} wait, ${ROUNDS_MAX} rounds of all its consumers. Find what sends them.`,
      runbook: "queue-backlog",
      to: "tickets",
      above: depthMax,
      periodSec: 60,
      periods: 5,
    },
  ];
}
