import type * as routes from "@pendo/contract/routes/quotas";
import * as quotas from "@pendo/core/quotas/quotas";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  get: (ctx) => quotas.get(ctx, { userId: ctx.me }),
};
