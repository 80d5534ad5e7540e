import * as travel from "@pendo/core/travel/travel";
import type { HandleSchedule } from "../middleware/handles.ts";

export const endings: HandleSchedule<"endings"> = async (ctx) => void (await travel.endDue(ctx));
