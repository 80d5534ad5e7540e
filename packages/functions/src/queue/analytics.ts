import { record } from "@pendo/core/analytics/analytics";
import type { HandleBatch } from "../middleware/handles.ts";

export const handlers: HandleBatch<"analytics"> = { batch: (ctx, facts) => record(ctx, facts) };
