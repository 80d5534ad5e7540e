import { endDue } from "@pendo/core/schedules/endings";
import type { HandleSchedule } from "../middleware/handles.ts";

/** Runs each minute, so that a boost, a travel or a restriction ends at most a minute late. */
export const endings: HandleSchedule<"endings"> = async (ctx) => await endDue(ctx);
