import { release } from "@pendo/core/notifications/release";
import type { HandleSchedule } from "../middleware/handles.ts";

export const notificationRelease: HandleSchedule<"notificationRelease"> = async (ctx) => void (await release(ctx));
