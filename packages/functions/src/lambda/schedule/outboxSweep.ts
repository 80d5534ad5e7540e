import { schedules } from "@pendo/contract/schedules";
import { scheduleFunction } from "../../middleware/schedule.ts";
import { outboxSweep } from "../../schedule/outboxSweep.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = scheduleFunction("outboxSweep", outboxSweep, await lambdaRuntime(schedules.outboxSweep.needs));
