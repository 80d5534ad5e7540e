import type * as routes from "@pendo/contract/routes/wellKnown";
import * as wellKnown from "@pendo/core/wellKnown/wellKnown";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  getJwks: async (ctx) => wellKnown.getJwks(ctx),
  getOpenidConfiguration: async (ctx) => wellKnown.getOpenidConfiguration(ctx),
};
