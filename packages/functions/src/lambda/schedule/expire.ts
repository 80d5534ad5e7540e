import { schedules } from "@pendo/contract/schedules";
import { scheduleFunction } from "../../middleware/schedule.ts";
import { expire } from "../../schedule/expire.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = scheduleFunction("expire", expire, await lambdaRuntime(schedules.expire.needs));
