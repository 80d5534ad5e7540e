import type * as routes from "@pendo/contract/routes/reports";
import * as reports from "@pendo/core/reports/reports";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  create: (ctx, input) => reports.create(ctx, { ...input, reporterId: ctx.me }),
  get: (ctx, input) => reports.get(ctx, { ...input, reporterId: ctx.me }),
};
