import { makeDue } from "@pendo/core/dailyPicks/make";
import type { HandleSchedule } from "../middleware/handles.ts";

export const dailyPicks: HandleSchedule<"dailyPicks"> = async (ctx) => void (await makeDue(ctx));
