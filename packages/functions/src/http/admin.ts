import type * as routes from "@pendo/contract/routes/admin";
import * as admin from "@pendo/core/admin/admin";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  metrics: (ctx, input) => admin.metrics(ctx, input),
  queues: (ctx) => admin.queues(ctx),
  deadLetters: (ctx, input) => admin.deadLetters(ctx, input),
  redrive: (ctx, input) => admin.redrive(ctx, input),
  setRoles: (ctx, input) => admin.setRoles(ctx, { ...input, me: ctx.me }),
};
