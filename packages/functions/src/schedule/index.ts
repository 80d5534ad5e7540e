import type { ScheduleName } from "@pendo/contract/schedules";
import type { HandleSchedule } from "../middleware/handles.ts";
import { expire } from "./expire.ts";
import { notificationRelease } from "./notificationRelease.ts";
import { outboxSweep } from "./outboxSweep.ts";

/** A schedule without work does not compile. */
export const schedule = { expire, notificationRelease, outboxSweep } satisfies { readonly [S in ScheduleName]: HandleSchedule<S> };
