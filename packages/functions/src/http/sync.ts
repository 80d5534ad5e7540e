import type * as routes from "@pendo/contract/routes/sync";
import * as sync from "@pendo/core/sync/sync";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  sync: (ctx, input) => sync.sync(ctx, { ...input, userId: ctx.me }),
};
