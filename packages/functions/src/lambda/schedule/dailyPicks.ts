import { schedules } from "@pendo/contract/schedules";
import { scheduleFunction } from "../../middleware/schedule.ts";
import { dailyPicks } from "../../schedule/dailyPicks.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = scheduleFunction("dailyPicks", dailyPicks, await lambdaRuntime(schedules.dailyPicks.needs));
