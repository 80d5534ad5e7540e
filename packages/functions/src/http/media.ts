import type * as routes from "@pendo/contract/routes/media";
import * as media from "@pendo/core/media/media";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  upload: (ctx, input) =>
    ctx.first ? media.renewUpload(ctx, { ...input, userId: ctx.me, first: ctx.first }) : media.upload(ctx, { ...input, userId: ctx.me }),
  complete: (ctx, input) => media.complete(ctx, { userId: ctx.me, mediaId: input.id }),
  read: (ctx, input) => media.read(ctx, { userId: ctx.me, mediaId: input.id }),
  remove: (ctx, input) => media.remove(ctx, { userId: ctx.me, mediaId: input.id }),
  order: (ctx, input) => media.order(ctx, { ...input, userId: ctx.me }),
};
