import type * as routes from "@pendo/contract/routes/notificationPreferences";
import * as notificationPreferences from "@pendo/core/notificationPreferences/notificationPreferences";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  get: (ctx) => notificationPreferences.get(ctx, { userId: ctx.me }),
  update: (ctx, input) => notificationPreferences.update(ctx, { ...input, userId: ctx.me }),
};
