import { type ScheduleName, schedules } from "@pendo/contract/schedules";
import type { ScheduleFunction } from "@pendo/functions/middleware/schedule";
import type { Context, ScheduledEvent } from "aws-lambda";

export interface Scheduler {
  /** Starts no more work, and waits for what is running. */
  stop(): Promise<void>;
}

/** Runs the schedules of the contract, each every so many seconds and never beside itself. Failures are in the function's own line. */
export function startScheduler(functions: ReadonlyMap<ScheduleName, ScheduleFunction>): Scheduler {
  const running = new Map<ScheduleName, Promise<void>>();
  const timers = [...functions].map(([name, serve]) =>
    setInterval(() => {
      if (running.has(name)) return;
      const run = serve(scheduledEvent(name), {} as Context)
        .catch(() => {})
        .finally(() => running.delete(name));
      running.set(name, run);
    }, schedules[name].everySec * 1000),
  );
  return {
    stop: async () => {
      timers.forEach(clearInterval);
      await Promise.all(running.values());
    },
  };
}

function scheduledEvent(name: ScheduleName): ScheduledEvent {
  return {
    id: name,
    version: "0",
    account: "local",
    time: new Date().toISOString(),
    region: "local",
    resources: [],
    source: "local.schedule",
    "detail-type": "Scheduled Event",
    detail: {},
  };
}
