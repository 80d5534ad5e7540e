import middy from "@middy/core";
import { type QueueName, queues } from "@pendo/contract/queues";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { answersPings } from "./ping.ts";
import { messageOf } from "./queueMessages.ts";
import { reportBatch, type Worked } from "./queueReport.ts";
import { type Batch, batchWork, type Each, eachWork } from "./queueWork.ts";
import { contextOf, type Runtime } from "./runtime.ts";
import { limitOf, REPORT_MS } from "./timeLimit.ts";
import { inTrace, joinTrace } from "./trace.ts";

/** What polls a queue calls: a batch in, the messages that shall come again out. */
export type QueueFunction = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * Wraps a queue's handlers. One message is one unit of failure: its siblings in the batch are still acknowledged. The answer leaves before the
 * host's deadline, and what is not done by then comes again.
 */
export function queueFunction(queue: QueueName, handlers: object, runtime: Runtime): QueueFunction {
  const context = contextOf(runtime, queues[queue].needs);
  const work = "batch" in handlers ? batchWork(queue, handlers as Batch, context, runtime) : eachWork(handlers as Each, context, runtime);
  const consume = async (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> => {
    const startedMs = performance.now();
    const limit = limitOf(lambda, REPORT_MS);
    const batch = joinTrace(runtime);
    return await inTrace(batch, async () => {
      const messages = event.Records.map((record) => messageOf(record, batch, runtime));
      const { outcomes, wholeError } = await work(messages, limit).finally(limit.end);
      const worked = messages.flatMap((message, i): Worked[] => (outcomes[i] ? [{ ...message, outcome: outcomes[i] }] : []));
      reportBatch(queue, { worked, wholeError, durationMs: performance.now() - startedMs }, runtime);
      await runtime.observer.flush();
      const again = worked.filter(({ outcome }) => outcome.kind === "retry" || outcome.kind === "late");
      return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
  };
  return answersPings(middy<SQSEvent, SQSBatchResponse>().handler(consume) as unknown as QueueFunction, runtime);
}
