import type * as routes from "@pendo/contract/routes/unsubscribe";
import * as unsubscribe from "@pendo/core/unsubscribe/unsubscribe";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  ask: (ctx, { token }) => unsubscribe.ask(ctx, { token }),
  oneClick: (ctx, { token }) => unsubscribe.oneClick(ctx, { token }),
};
