import type * as routes from "@pendo/contract/routes/profiles";
import * as profiles from "@pendo/core/profiles/profiles";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  getMine: (ctx) => profiles.getMine(ctx, { userId: ctx.me }),
  updateMine: (ctx, input) => profiles.updateMine(ctx, { ...input, userId: ctx.me }),
  get: (ctx, input) => profiles.get(ctx, { ...input, viewerId: ctx.me }),
};
