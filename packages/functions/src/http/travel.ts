import type * as routes from "@pendo/contract/routes/travel";
import * as travel from "@pendo/core/travel/travel";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  get: (ctx) => travel.get(ctx, { userId: ctx.me }),
  start: (ctx, input) => travel.start(ctx, { ...input, userId: ctx.me }),
  end: (ctx) => travel.end(ctx, { userId: ctx.me }),
};
