import { release } from "@pendo/core/notifications/release";
import type { HandleSchedule } from "../middleware/handles.ts";

/** Sends pushes that were held until now, such as those of quiet hours. */
export const notificationRelease: HandleSchedule<"notificationRelease"> = async (ctx) => void (await release(ctx));
