import { type ScheduleName, schedules as contract } from "@pendo/contract/schedules";
import type { Clock } from "@pendo/core/ports/clock/clock";
import type { Db } from "@pendo/core/ports/db/db";
import * as schedules from "@pendo/core/schedules/schedules";
import type { Observer } from "@pendo/functions/middleware/observer";
import { faultOf } from "@pendo/functions/middleware/problem";
import type { ScheduleFunction } from "@pendo/functions/middleware/schedule";
import type { ScheduledEvent } from "aws-lambda";
import { invocation } from "./invocation.ts";

const TICK_MS = 500;

export interface Scheduler {
  /** Starts no more work, and waits for what is running. */
  stop(): Promise<void>;
}

export interface SchedulerOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly functions: ReadonlyMap<ScheduleName, ScheduleFunction>;
  readonly observer: Observer;
  /** How often the clock is looked at: it may have been moved. */
  readonly tickMs?: number;
}

/**
 * Runs the schedules of the contract as their rows say: what is overdue at once, and never one beside itself. The rows outlive the process, so a
 * host that is restarted often makes every run that is due.
 */
export async function startScheduler({ db, clock, functions, observer, tickMs = TICK_MS }: SchedulerOptions): Promise<Scheduler> {
  const due = new Map<ScheduleName, Date>();
  for (const name of functions.keys()) due.set(name, await schedules.plan({ db, clock }, name));
  const running = new Map<ScheduleName, Promise<void>>();

  const run = async (name: ScheduleName, serve: ScheduleFunction): Promise<void> => {
    // A failure of the work is in the function's own line.
    const work = (): Promise<string> =>
      serve(scheduledEvent(name, clock.now()), invocation(contract[name].timeoutSec)).then(
        () => "done",
        (error: unknown) => faultOf(error).fault.code,
      );
    due.set(name, await schedules.runDue({ db, clock }, name, work));
  };
  // The row could not be read or written. It is still due, and the next tick tries again.
  const failed = (name: ScheduleName, error: unknown): void => {
    if (faultOf(error).isBug) observer.bug(error, { schedule: name });
    else observer.measure({ schedule: name }, { failures: 1 });
  };
  const tick = (): void => {
    const now = clock.now();
    for (const [name, serve] of functions) {
      if (running.has(name) || (due.get(name) ?? now) > now) continue;
      const one = run(name, serve)
        .catch((error: unknown) => failed(name, error))
        .finally(() => running.delete(name));
      running.set(name, one);
    }
  };

  const timer = setInterval(tick, tickMs);
  tick();
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}

function scheduledEvent(name: ScheduleName, at: Date): ScheduledEvent {
  return {
    id: name,
    version: "0",
    account: "local",
    time: at.toISOString(),
    region: "local",
    resources: [],
    source: "local.schedule",
    "detail-type": "Scheduled Event",
    detail: {},
  };
}
