import type * as routes from "@pendo/contract/routes/messages";
import * as messages from "@pendo/core/messages/messages";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => messages.list(ctx, { ...input, userId: ctx.me }),
  send: (ctx, { messageId, ...input }) => messages.send(ctx, { ...input, clientMessageId: messageId, senderId: ctx.me }),
  update: (ctx, input) => messages.update(ctx, { ...input, userId: ctx.me }),
  remove: (ctx, input) => messages.remove(ctx, { ...input, userId: ctx.me }),
  addReaction: (ctx, input) => messages.addReaction(ctx, { ...input, userId: ctx.me }),
  removeReaction: (ctx, input) => messages.removeReaction(ctx, { ...input, userId: ctx.me }),
};
