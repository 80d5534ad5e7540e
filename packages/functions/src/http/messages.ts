import type * as routes from "@pendo/contract/routes/messages";
import * as messages from "@pendo/core/messages/messages";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => messages.list(ctx, { ...input, userId: ctx.me }),
  send: (ctx, input) => messages.send(ctx, { ...input, senderId: ctx.me }),
  edit: (ctx, input) => messages.edit(ctx, { ...input, userId: ctx.me }),
  remove: (ctx, input) => messages.remove(ctx, { ...input, userId: ctx.me }),
  react: (ctx, input) => messages.react(ctx, { ...input, userId: ctx.me }),
  unreact: (ctx, input) => messages.unreact(ctx, { ...input, userId: ctx.me }),
};
