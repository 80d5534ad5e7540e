import { schedules } from "@pendo/contract/schedules";
import { scheduleFunction } from "../../middleware/schedule.ts";
import { endings } from "../../schedule/endings.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = scheduleFunction("endings", endings, await lambdaRuntime(schedules.endings.needs));
