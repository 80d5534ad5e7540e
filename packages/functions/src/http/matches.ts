import type * as routes from "@pendo/contract/routes/matches";
import * as matches from "@pendo/core/matches/matches";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => matches.list(ctx, { ...input, userId: ctx.me }),
  get: (ctx, input) => matches.get(ctx, { ...input, userId: ctx.me }),
  end: (ctx, input) => matches.end(ctx, { ...input, endedBy: ctx.me }),
};
