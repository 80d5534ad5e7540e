import type * as routes from "@pendo/contract/routes/ops";
import * as ops from "@pendo/core/ops/ops";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  getHealth: async () => ({ status: "ok" }),
  getReadiness: (ctx) => ops.readiness(ctx),
};
