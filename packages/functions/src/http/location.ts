import type * as routes from "@pendo/contract/routes/location";
import * as location from "@pendo/core/location/location";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  replace: (ctx, input) => location.replace(ctx, { ...input, userId: ctx.me }),
};
