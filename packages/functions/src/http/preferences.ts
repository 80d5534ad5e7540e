import type * as routes from "@pendo/contract/routes/preferences";
import * as preferences from "@pendo/core/preferences/preferences";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  readMine: (ctx) => preferences.readMine(ctx, { userId: ctx.me }),
  change: (ctx, input) => preferences.change(ctx, { ...input, userId: ctx.me }),
};
