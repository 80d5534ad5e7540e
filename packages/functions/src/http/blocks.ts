import type * as routes from "@pendo/contract/routes/blocks";
import * as blocks from "@pendo/core/blocks/blocks";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => blocks.list(ctx, { ...input, blockerId: ctx.me }),
  create: (ctx, input) => blocks.create(ctx, { ...input, blockerId: ctx.me }),
  remove: (ctx, input) => blocks.remove(ctx, { ...input, blockerId: ctx.me }),
};
