import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { at, numberAt, textAt, textsAt } from "../read.ts";
import { durationOf, lambdaAt, type Policy, unlessSo, type Violation, where } from "./policy.ts";

const VISIBILITY_FACTOR = 6;
/** More batches of one queue at once than this would take the account's instances from people's requests. */
const CONCURRENCY_MAX = 100;

export const queues: readonly Policy[] = [
  {
    name: "every message that is given up is kept",
    why: "What fails for ever must neither block the others nor vanish: it goes to dead letters, which outlive the queue that it came from.",
    check: (graph) => graph.all(kinds.queue).flatMap((queue) => deadLetters(graph, queue)),
  },
  {
    name: "every queue has one consumer, within bounds",
    why: "Two would each see half; a batch that answers as a whole repeats what worked; too short a visibility runs a batch twice; unbounded, it starves the API.",
    check: (graph) => live(graph).flatMap((queue) => consumers(graph, queue)),
  },
  {
    name: "somebody hears of every queue that stands still",
    why: "Nothing else tells: senders succeed, and consumers that do not run do not fail.",
    check: (graph) => (durationOf(graph) === "permanent" ? alarms(graph) : []),
  },
];

function redriveOf(queue: Resource): { readonly to: string; readonly attempts: number } | undefined {
  const to = textAt(queue.inputs, "redrivePolicy.deadLetterTargetArn");
  return to === undefined ? undefined : { to, attempts: Number(at(queue.inputs, "redrivePolicy.maxReceiveCount") ?? 0) };
}

/** Where something puts what it gives up. */
function isDead(graph: Graph, queue: Resource): boolean {
  const arn = queue.outputs["arn"];
  return (
    graph.all(kinds.queue).some((one) => redriveOf(one)?.to === arn) ||
    graph.all("aws:scheduler/schedule:Schedule").some(({ inputs }) => textAt(inputs, "target.deadLetterConfig.arn") === arn) ||
    graph.all(kinds.lambda).some(({ inputs }) => textAt(inputs, "deadLetterConfig.targetArn") === arn)
  );
}

function live(graph: Graph): Resource[] {
  return graph.all(kinds.queue).filter((queue) => !isDead(graph, queue));
}

function deadLetters(graph: Graph, queue: Resource): Violation[] {
  if (isDead(graph, queue)) return [];
  const redrive = redriveOf(queue);
  const dead = graph.byArn(redrive?.to ?? "");
  if (!redrive || dead?.type !== kinds.queue) return [{ where: queue.name, what: "has no dead letters, and is none" }];
  const kept = (one: Resource): number => numberAt(one.inputs, "messageRetentionSeconds") ?? 345_600;
  return [
    ...unlessSo(redrive.attempts >= 2 && redrive.attempts <= 10, queue.name, `gives up after ${redrive.attempts} attempts`),
    // The days of a message count from when it was first sent.
    ...unlessSo(kept(dead) >= kept(queue), dead.name, `forgets what it was given before ${queue.name} would have`),
    ...unlessSo(at(dead.inputs, "fifoQueue") === at(queue.inputs, "fifoQueue"), dead.name, `is of another kind than ${queue.name}`),
  ];
}

function consumers(graph: Graph, queue: Resource): Violation[] {
  const sources = graph.all(kinds.eventSource).filter(({ inputs }) => inputs["eventSourceArn"] === queue.outputs["arn"]);
  const [source] = sources;
  if (!source || sources.length > 1) return [{ where: queue.name, what: `has ${sources.length} consumers` }];
  const lambda = lambdaAt(graph, textAt(source.inputs, "functionName"));
  const timeoutSec = numberAt(lambda?.inputs, "timeout") ?? 3;
  const windowSec = numberAt(source.inputs, "maximumBatchingWindowInSeconds") ?? 0;
  const visibleSec = numberAt(queue.inputs, "visibilityTimeoutSeconds") ?? 30;
  const atOnce = numberAt(source.inputs, "scalingConfig.maximumConcurrency");
  return [
    ...unlessSo(lambda !== undefined, queue.name, "is consumed by nothing of this stage"),
    ...unlessSo(at(source.inputs, "enabled") !== false, queue.name, "has a consumer that is switched off"),
    ...unlessSo(
      textsAt(source.inputs, "functionResponseTypes").includes("ReportBatchItemFailures"),
      queue.name,
      "tries a whole batch again for one message",
    ),
    ...unlessSo(
      visibleSec >= VISIBILITY_FACTOR * timeoutSec + windowSec,
      queue.name,
      `shows a message again after ${visibleSec} s, while a batch may take ${timeoutSec} s`,
    ),
    ...unlessSo(atOnce !== undefined && atOnce <= CONCURRENCY_MAX, queue.name, "runs as many batches at once as there are"),
  ];
}

function alarms(graph: Graph): Violation[] {
  const watched = (queue: Resource, metric: string): boolean =>
    graph
      .all(kinds.alarm)
      .some(
        ({ region, inputs }) =>
          region === queue.region &&
          textAt(inputs, "metricName") === metric &&
          textAt(inputs, "dimensions.QueueName") === queue.inputs["name"] &&
          textsAt(inputs, "alarmActions").some((action) => graph.byArn(action)?.type === kinds.topic),
      );
  return [
    ...where(live(graph), (queue) => watched(queue, "ApproximateAgeOfOldestMessage"), "may grow old unnoticed"),
    ...where(graph.all(kinds.queue), (queue) => watched(queue, "ApproximateNumberOfMessagesVisible"), "may fill up unnoticed"),
  ];
}
