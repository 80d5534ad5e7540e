import type * as routes from "@pendo/contract/routes/discovery";
import { pairing } from "@pendo/core/discovery/explain";
import * as recommend from "@pendo/core/discovery/recommend";
import * as search from "@pendo/core/discovery/search";
import { reasons, sentence } from "@pendo/engine/explain/reasons";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  recommend: (ctx, { limit }) => recommend.recommend(ctx, { userId: ctx.me, limit }),
  explain: async (ctx, { userId }) => {
    const { viewer, card } = await pairing(ctx, { viewerId: ctx.me, userId });
    return { items: reasons(viewer, card).map((reason) => ({ reason, sentence: sentence(reason) })) };
  },
  search: (ctx, input) => search.search(ctx, { ...input, userId: ctx.me }),
};
