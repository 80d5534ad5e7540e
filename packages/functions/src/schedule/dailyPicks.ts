import { makeDue } from "@pendo/core/dailyPicks/make";
import type { HandleSchedule } from "../middleware/handles.ts";

/** Creates the picks of all users in whose time zone the morning has begun. */
export const dailyPicks: HandleSchedule<"dailyPicks"> = async (ctx) => void (await makeDue(ctx));
