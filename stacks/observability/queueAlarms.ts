import type { QueueName } from "@pendo/contract/queues";
import { capitalized, type Queues } from "../queues";
import { AGE_FACTOR, queueTargets } from "@pendo/infra/observability/queueTargets";
import { alarm, type AlarmContext } from "./alarm";

// Rounds of all consumers at once that may lie waiting.
const ROUNDS_MAX = 20;

/** Its sender sees such a message as sent; longer than this, the wait is noticed. */
const VERDICT_MS_MAX = 1000;

/** A message without a verdict in time is held until the queue has judged it. */
export function verdictAlarm(context: AlarmContext): void {
  alarm(context, {
    name: "MessageVerdictLate",
    metric: "lateVerdict",
    stat: "Maximum",
    says: `A message waited for more than ${VERDICT_MS_MAX} ms for its verdict, and was not delivered meanwhile. See what the moderation queue waits for.`,
    runbook: "moderation-late",
    to: "tickets",
    above: VERDICT_MS_MAX,
    periodSec: 60,
    periods: 1,
  });
}

/** The oldest message, and how many wait. */
export function queueAlarms(context: AlarmContext, queues: Queues): void {
  for (const [name, { spec, live }] of Object.entries(queues)) {
    const { targetSec, to } = queueTargets[name as QueueName];
    const component = capitalized(name);
    const dimensions = { QueueName: live.nodes.queue.name };
    const depthMax = context.stage.queueConcurrencyMax * spec.batchMax * ROUNDS_MAX;
    alarm(context, {
      name: `${component}QueueAge`,
      metric: "queueAge",
      dimensions,
      says: `The oldest message of ${name} waits for more than ${AGE_FACTOR} times the ${targetSec} s it should. See whether its consumer fails, is throttled, or is outrun.`,
      runbook: "queue-backlog",
      to,
      above: AGE_FACTOR * targetSec,
      periodSec: 60,
      periods: 3,
    });
    alarm(context, {
      name: `${component}QueueDepth`,
      metric: "queueLength",
      dimensions,
      says: `More than ${depthMax} messages of ${name} wait, ${ROUNDS_MAX} rounds of all its consumers. See what sends so many.`,
      runbook: "queue-backlog",
      to: "tickets",
      above: depthMax,
      periodSec: 60,
      periods: 5,
    });
  }
}
