import type * as routes from "@pendo/contract/routes/media";
import * as media from "@pendo/core/media/media";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  createUpload: (ctx, input) =>
    ctx.first
      ? media.renewUpload(ctx, { ...input, userId: ctx.me, first: ctx.first })
      : media.createUpload(ctx, { ...input, userId: ctx.me }),
  completeUpload: (ctx, input) => media.completeUpload(ctx, { ...input, userId: ctx.me }),
  get: (ctx, input) => media.get(ctx, { ...input, userId: ctx.me }),
  remove: (ctx, input) => media.remove(ctx, { ...input, userId: ctx.me }),
  replacePhotoOrder: (ctx, input) => media.replacePhotoOrder(ctx, { ...input, userId: ctx.me }),
};
