import middy from "@middy/core";
import { type ScheduleName, schedules } from "@pendo/contract/schedules";
import type { Context, ScheduledEvent } from "aws-lambda";
import { contextOf, type Runtime } from "./runtime.ts";
import { traceparentOf, tracedBus } from "./trace.ts";

export type ScheduleFunction = (event: ScheduledEvent, context: Context) => Promise<void>;

/** Wraps work that time starts. A failure is logged and thrown, for the host to count. */
export function scheduleFunction(name: ScheduleName, handle: (ctx: never) => Promise<void>, runtime: Runtime): ScheduleFunction {
  const context = contextOf(runtime, schedules[name].needs);
  return middy<ScheduledEvent, void>().handler(async () => {
    const startedMs = performance.now();
    let failed = false;
    try {
      const traced = runtime.ports.bus && tracedBus(runtime.ports.bus, traceparentOf(undefined, runtime.ids));
      await handle({ ...context, ...("bus" in context && { bus: traced?.bus }) } as never);
      await traced?.settle();
    } catch (error) {
      failed = true;
      runtime.observer.bug(error, { schedule: name });
      throw error;
    } finally {
      const durationMs = Math.round(performance.now() - startedMs);
      runtime.observer.line(failed ? "error" : "info", { kind: "schedule", schedule: name, failed, durationMs });
      runtime.observer.measure({ schedule: name }, { runs: 1, failures: failed ? 1 : 0, durationMs });
      await runtime.observer.flush();
    }
  }) as unknown as ScheduleFunction;
}
