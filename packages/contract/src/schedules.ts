import type { PortName } from "./ports.ts";

export interface ScheduleSpec {
  readonly everySec: number;
  readonly timeoutSec: number;
  readonly memoryMb: number;
  readonly needs: readonly PortName[];
}

/** Work that starts at a time. A schedule may run twice or late without harm. */
export const schedules = {
  /** Relays the events that a crash left in the outbox. */
  outboxSweep: schedule({ everySec: 60, timeoutSec: 50, memoryMb: 512, needs: ["db", "bus"] }),
  /** Deletes expired rows and files, such as challenges, relayed events and abandoned uploads. */
  expire: schedule({ everySec: 600, timeoutSec: 120, memoryMb: 512, needs: ["db", "storage"] }),
  /** Sends the pushes that waited for the end of quiet hours, or for a pause after the push before. */
  notificationRelease: schedule({ everySec: 60, timeoutSec: 50, memoryMb: 512, needs: ["db", "bus", "cache", "push"] }),
  /**
   * Emits the events of boosts and travels that ended. Ends restrictions that no moderator confirmed within a day.
   * Delivers messages that waited too long for the verdict of an earlier message.
   */
  endings: schedule({ everySec: 60, timeoutSec: 50, memoryMb: 512, needs: ["db", "bus"] }),
  /** Creates the daily picks of users in whose time zone the morning has begun. */
  dailyPicks: schedule({ everySec: 900, timeoutSec: 300, memoryMb: 1024, needs: ["db", "bus"] }),
} as const satisfies Record<string, ScheduleSpec>;

export type ScheduleName = keyof typeof schedules;

function schedule<const S extends ScheduleSpec>(spec: S): S {
  return spec;
}
