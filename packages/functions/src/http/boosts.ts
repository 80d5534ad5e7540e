import type * as routes from "@pendo/contract/routes/boosts";
import * as boosts from "@pendo/core/boosts/boosts";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  start: (ctx) => boosts.start(ctx, { userId: ctx.me }),
  getCurrent: (ctx) => boosts.getCurrent(ctx, { userId: ctx.me }),
};
