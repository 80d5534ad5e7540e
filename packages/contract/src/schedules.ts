import type { PortName } from "./ports.ts";

export interface ScheduleSpec {
  readonly everySec: number;
  readonly timeoutSec: number;
  readonly memoryMb: number;
  readonly needs: readonly PortName[];
}

/** Work that time starts. Every schedule may run twice or late without harm. */
export const schedules = {
  /** Relays the facts that a crash left in the outbox. */
  outboxSweep: schedule({ everySec: 60, timeoutSec: 50, memoryMb: 512, needs: ["db", "bus"] }),
  /**
   * Deletes what has expired: challenges, idempotency keys, inbox marks, relayed facts, abandoned uploads, pictures that no message
   * shows, notifications read long ago, evidence that was kept long enough.
   */
  expire: schedule({ everySec: 600, timeoutSec: 120, memoryMb: 512, needs: ["db", "storage"] }),
  /** Sends the pushes that quiet hours, or one just before, held back. */
  notificationRelease: schedule({ everySec: 60, timeoutSec: 50, memoryMb: 512, needs: ["db", "bus", "cache", "push"] }),
  /**
   * Tells that boosts and travels are over whose time has come. They are over by then: what is shown to whom is asked of the clock. Ends holds
   * of profiles that no reviewer confirmed within a day.
   */
  endings: schedule({ everySec: 60, timeoutSec: 50, memoryMb: 512, needs: ["db", "bus"] }),
  /** Makes the daily picks of everybody whose morning has come, where they are. */
  dailyPicks: schedule({ everySec: 900, timeoutSec: 300, memoryMb: 1024, needs: ["db", "bus"] }),
} as const satisfies Record<string, ScheduleSpec>;

export type ScheduleName = keyof typeof schedules;

function schedule<const S extends ScheduleSpec>(spec: S): S {
  return spec;
}
