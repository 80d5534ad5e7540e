import type * as routes from "@pendo/contract/routes/notifications";
import * as notifications from "@pendo/core/notifications/notifications";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => notifications.list(ctx, { ...input, userId: ctx.me }),
  markRead: (ctx, input) => notifications.markRead(ctx, { ...input, userId: ctx.me }),
};
