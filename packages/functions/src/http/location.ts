import type * as routes from "@pendo/contract/routes/location";
import * as location from "@pendo/core/location/location";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  set: (ctx, input) => location.set(ctx, { ...input, userId: ctx.me }),
};
