import { schedules } from "@pendo/contract/schedules";
import { scheduleFunction } from "../../middleware/schedule.ts";
import { notificationRelease } from "../../schedule/notificationRelease.ts";
import { lambdaRuntime } from "../ports.ts";

export const handler = scheduleFunction(
  "notificationRelease",
  notificationRelease,
  await lambdaRuntime(schedules.notificationRelease.needs),
);
