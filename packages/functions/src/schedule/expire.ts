import { expire as deleteExpired } from "@pendo/core/expire/expire";
import type { HandleSchedule } from "../middleware/handles.ts";

/** Deletes data whose time of keeping is over. */
export const expire: HandleSchedule<"expire"> = async (ctx) => void (await deleteExpired(ctx));
