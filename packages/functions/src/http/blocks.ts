import type * as routes from "@pendo/contract/routes/blocks";
import * as blocks from "@pendo/core/blocks/blocks";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => blocks.list(ctx, { ...input, blockerId: ctx.me }),
  put: (ctx, input) => blocks.put(ctx, { ...input, blockerId: ctx.me }),
  remove: (ctx, input) => blocks.remove(ctx, { ...input, blockerId: ctx.me }),
};
