import type * as routes from "@pendo/contract/routes/profiles";
import * as profiles from "@pendo/core/profiles/profiles";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  readMine: (ctx) => profiles.readMine(ctx, { userId: ctx.me }),
  change: (ctx, input) => profiles.change(ctx, { ...input, userId: ctx.me }),
  read: (ctx, input) => profiles.read(ctx, { viewerId: ctx.me, userId: input.id }),
};
