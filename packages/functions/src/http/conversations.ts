import type * as routes from "@pendo/contract/routes/conversations";
import * as conversations from "@pendo/core/conversations/conversations";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => conversations.list(ctx, { ...input, userId: ctx.me }),
  get: (ctx, input) => conversations.get(ctx, { ...input, userId: ctx.me }),
  markRead: (ctx, input) => conversations.markRead(ctx, { ...input, userId: ctx.me }),
  mute: (ctx, input) => conversations.mute(ctx, { ...input, userId: ctx.me }),
};
