import type * as routes from "@pendo/contract/routes/prompts";
import * as prompts from "@pendo/core/prompts/prompts";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  replace: (ctx, input) => prompts.replace(ctx, { ...input, userId: ctx.me }),
};
