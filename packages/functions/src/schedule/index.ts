import type { ScheduleName } from "@pendo/contract/schedules";
import type { HandleSchedule } from "../middleware/handles.ts";
import { dailyPicks } from "./dailyPicks.ts";
import { endings } from "./endings.ts";
import { expire } from "./expire.ts";
import { notificationRelease } from "./notificationRelease.ts";
import { outboxSweep } from "./outboxSweep.ts";

/** A schedule without work does not compile. */
export const schedule = { dailyPicks, endings, expire, notificationRelease, outboxSweep } satisfies {
  readonly [S in ScheduleName]: HandleSchedule<S>;
};
