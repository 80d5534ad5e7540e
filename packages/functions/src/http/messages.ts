import type * as routes from "@pendo/contract/routes/messages";
import * as messages from "@pendo/core/messages/messages";
import * as reactions from "@pendo/core/messages/reactions";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => messages.list(ctx, { ...input, userId: ctx.me }),
  send: (ctx, { messageId, ...input }) => messages.send(ctx, { ...input, clientMessageId: messageId, senderId: ctx.me }),
  update: (ctx, input) => messages.update(ctx, { ...input, userId: ctx.me }),
  remove: (ctx, input) => messages.remove(ctx, { ...input, userId: ctx.me }),
  addReaction: (ctx, input) => reactions.add(ctx, { ...input, userId: ctx.me }),
  removeReaction: (ctx, input) => reactions.remove(ctx, { ...input, userId: ctx.me }),
};
