import type * as routes from "@pendo/contract/routes/unsubscribe";
import { oneClick } from "@pendo/core/unsubscribe/unsubscribe";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  oneClick: (ctx, { token }) => oneClick(ctx, { token }),
};
