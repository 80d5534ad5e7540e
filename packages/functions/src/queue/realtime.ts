import { deliver } from "@pendo/core/realtime/deliver";
import type { HandleBatch } from "../middleware/handles.ts";

export const handlers: HandleBatch<"realtime"> = { batch: deliver };
