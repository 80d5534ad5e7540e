import type * as routes from "@pendo/contract/routes/discovery";
import { pairing } from "@pendo/core/discovery/explain";
import * as dailyPicks from "@pendo/core/dailyPicks/dailyPicks";
import * as recommend from "@pendo/core/discovery/recommend";
import * as search from "@pendo/core/discovery/search";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  listRecommendations: (ctx, { limit }) => recommend.listRecommendations(ctx, { userId: ctx.me, limit }),
  explain: async (ctx, { userId }) => {
    // Loaded by whoever asks: few do, and every start would pay for it.
    const { reasons, sentence } = await import("@pendo/engine/explain/reasons");
    const { viewer, card } = await pairing(ctx, { viewerId: ctx.me, userId });
    return { items: reasons(viewer, card).map((reason) => ({ reason, sentence: sentence(reason) })) };
  },
  listDailyPicks: (ctx, { limit }) => dailyPicks.list(ctx, { userId: ctx.me, limit }),
  getMostCompatible: (ctx) => dailyPicks.getMostCompatible(ctx, { userId: ctx.me }),
  search: (ctx, input) => search.search(ctx, { ...input, userId: ctx.me }),
};
