import type * as routes from "@pendo/contract/routes/matches";
import * as matches from "@pendo/core/matches/matches";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => matches.list(ctx, { ...input, userId: ctx.me }),
  read: (ctx, { id }) => matches.read(ctx, { matchId: id, userId: ctx.me }),
  end: (ctx, { id }) => matches.end(ctx, { matchId: id, endedBy: ctx.me }),
};
