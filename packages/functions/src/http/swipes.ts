import type * as routes from "@pendo/contract/routes/swipes";
import * as swipes from "@pendo/core/swipes/swipes";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  record: (ctx, input) => swipes.record(ctx, { ...input, swiperId: ctx.me }),
  rewind: (ctx) => swipes.rewind(ctx, { swiperId: ctx.me }),
};
