import type { Envelope } from "@pendo/contract/events";
import type { QueueName } from "@pendo/contract/queues";
import { delaySecOf } from "@pendo/core/ports/bus/byQueue";
import { faultOf } from "./problem.ts";
import type { Message } from "./queueMessages.ts";
import type { Runtime } from "./runtime.ts";
import { inTrace } from "./trace.ts";

/** What became of a message: `dropped` is acknowledged; `retry`, and `late` where the time was over, come again. */
export type Outcome =
  | { readonly kind: "done"; readonly fact: Envelope }
  | { readonly kind: "dropped" | "retry" | "late"; readonly error: unknown };

export interface Worked extends Message {
  readonly outcome: Outcome;
}

export interface BatchReport {
  readonly worked: readonly Worked[];
  /** Why the batch failed as a whole. Its messages were then tried alone. */
  readonly wholeError?: unknown;
  readonly durationMs: number;
}

/** Writes one line for each trace in the batch, so that a search for a trace finds its lines; then the measurements, and the bugs. */
export function reportBatch(queue: QueueName, { worked, wholeError, durationMs }: BatchReport, runtime: Runtime): void {
  for (const [, same] of Map.groupBy(worked, ({ trace }) => trace.id))
    inTrace((same[0] as Worked).trace, () => reportTrace(queue, same, durationMs, runtime));
  if (wholeError !== undefined) reportWhole(queue, wholeError, worked, runtime);
  const lateCount = counted(worked, "late");
  // A batch that was answered in part was split as well.
  const wasSplit = (wholeError !== undefined && worked.length > 1) || (lateCount > 0 && lateCount < worked.length);
  runtime.observer.measure({ queue }, { durationMs });
  // Only when they happen: each metric of each queue has its price.
  if (wasSplit) runtime.observer.measure({ queue }, { splitBatches: 1 });
  if (lateCount > 0) runtime.observer.measure({ queue }, { timeouts: lateCount });
}

/** Reports why a batch failed as a whole, also where each of its messages succeeds alone and no outcome tells of it. */
function reportWhole(queue: QueueName, wholeError: unknown, worked: readonly Worked[], { observer }: Runtime): void {
  const { fault, isBug } = faultOf(wholeError);
  const failed = worked.flatMap(({ outcome }) => (outcome.kind === "done" ? [] : [outcome.error]));
  observer.line("warn", { kind: "batch", queue, messages: worked.length, failedAlone: failed.length, fault: fault.code });
  // A bug that a message alone shows as well is reported once, with its message.
  if (isBug && !failed.some((error) => faultOf(error).isBug)) observer.bug(wholeError, { queue });
}

function counted(worked: readonly Worked[], kind: Outcome["kind"]): number {
  return worked.filter(({ outcome }) => outcome.kind === kind).length;
}

function reportTrace(queue: QueueName, worked: readonly Worked[], durationMs: number, { observer, clock }: Runtime): void {
  const [messages, dropped, timeouts] = [worked.length, counted(worked, "dropped"), counted(worked, "late")];
  const retried = counted(worked, "retry") + timeouts;
  observer.line(retried > 0 ? "warn" : "info", {
    kind: "queue",
    queue,
    messages,
    dropped,
    retried,
    timeouts,
    durationMs: Math.round(durationMs),
  });
  const facts = worked.flatMap(({ outcome }) => (outcome.kind === "done" ? [outcome.fact] : []));
  // How long each event waited from when it became due until all of it was done here: what people wait for.
  const agesMs = (of: readonly Envelope[]): number[] =>
    of.map((fact) => Math.max(0, clock.now().getTime() - Date.parse(fact.occurredAt) - delaySecOf(fact) * 1000));
  observer.measure({ queue }, { messages, dropped, retried, handledMs: agesMs(facts) });
  for (const [fact, same] of Map.groupBy(facts, ({ type }) => type)) observer.measure({ queue, fact }, { handledMs: agesMs(same) });
  for (const { messageId, outcome } of worked) {
    // A store that is away is no bug: the message comes again when it may be back.
    if (outcome.kind !== "done" && faultOf(outcome.error).isBug) observer.bug(outcome.error, { queue, messageId });
  }
}
