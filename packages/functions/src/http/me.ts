import type * as routes from "@pendo/contract/routes/me";
import * as me from "@pendo/core/me/me";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  get: (ctx) => me.get(ctx, { userId: ctx.me }),
  update: (ctx, input) => me.update(ctx, { ...input, userId: ctx.me }),
};
