import type * as routes from "@pendo/contract/routes/unsubscribe";
import * as unsubscribe from "@pendo/core/unsubscribe/unsubscribe";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  getPage: (ctx, { token }) => unsubscribe.getPage(ctx, { token }),
  confirm: (ctx, { token }) => unsubscribe.confirm(ctx, { token }),
};
