import type * as routes from "@pendo/contract/routes/likes";
import * as likes from "@pendo/core/likes/likes";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  listIncoming: (ctx, input) => likes.listIncoming(ctx, { ...input, userId: ctx.me }),
  listOutgoing: (ctx, input) => likes.listOutgoing(ctx, { ...input, userId: ctx.me }),
};
