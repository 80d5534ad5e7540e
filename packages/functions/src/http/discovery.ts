import type * as routes from "@pendo/contract/routes/discovery";
import * as recommend from "@pendo/core/discovery/recommend";
import * as search from "@pendo/core/discovery/search";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  recommend: (ctx, { limit }) => recommend.recommend(ctx, { userId: ctx.me, limit }),
  search: (ctx, input) => search.search(ctx, { ...input, userId: ctx.me }),
};
