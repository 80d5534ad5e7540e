import middy from "@middy/core";
import { type ScheduleName, schedules } from "@pendo/contract/schedules";
import type { Context, ScheduledEvent } from "aws-lambda";
import { answersPings } from "./ping.ts";
import { faultOf } from "./problem.ts";
import { contextOf, type Runtime, type TimeLimit } from "./runtime.ts";
import { limited, limitOf, REPORT_MS, within } from "./timeLimit.ts";
import { inTrace, joinTrace, type Trace, tracedBus } from "./trace.ts";

export type ScheduleFunction = (event: ScheduledEvent, context: Context) => Promise<void>;

/** Wraps work that time starts. A failure is logged and thrown, for the host to count. */
export function scheduleFunction(
  name: ScheduleName,
  handle: (ctx: never) => Promise<Readonly<Record<string, number>> | void>,
  runtime: Runtime,
): ScheduleFunction {
  const context = contextOf(runtime, schedules[name].needs);
  const runIn = async (trace: Trace, limit: TimeLimit): Promise<void> => {
    const startedMs = performance.now();
    let fault: string | null = null;
    try {
      const traced = runtime.ports.bus && "bus" in context ? tracedBus(runtime.ports.bus, trace.traceparent) : undefined;
      await within(limit, async () => {
        const { unknownEvents } = (await handle({ ...limited(context, limit), ...(traced && { bus: traced.bus }) } as never)) ?? {};
        if (unknownEvents !== undefined) runtime.observer.measure({ schedule: name }, { unknownEvents });
        await traced?.settle();
      });
    } catch (error) {
      const known = faultOf(error);
      fault = known.fault.code;
      if (known.isBug) runtime.observer.bug(error, { schedule: name });
      throw error;
    } finally {
      const durationMs = Math.round(performance.now() - startedMs);
      runtime.observer.line(fault ? "error" : "info", { kind: "schedule", schedule: name, fault, durationMs });
      runtime.observer.measure({ schedule: name }, { runs: 1, failures: fault ? 1 : 0, durationMs });
      if (limit.signal.aborted) runtime.observer.measure({ schedule: name }, { timeouts: 1 });
      await runtime.observer.flush();
    }
  };
  const run = middy<ScheduledEvent, void>().handler(async (_event, lambda) => {
    const [trace, limit] = [joinTrace(runtime), limitOf(lambda, REPORT_MS)];
    await inTrace(trace, () => runIn(trace, limit)).finally(limit.end);
  }) as unknown as ScheduleFunction;
  return answersPings(run, runtime);
}
