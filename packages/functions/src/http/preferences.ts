import type * as routes from "@pendo/contract/routes/preferences";
import * as preferences from "@pendo/core/preferences/preferences";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  get: (ctx) => preferences.get(ctx, { userId: ctx.me }),
  update: (ctx, input) => preferences.update(ctx, { ...input, userId: ctx.me }),
};
