import type * as routes from "@pendo/contract/routes/admin";
import * as admin from "@pendo/core/admin/admin";
import * as hashBank from "@pendo/core/moderation/hashBank";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  metrics: (ctx, input) => admin.metrics(ctx, input),
  queues: (ctx) => admin.queues(ctx),
  deadLetters: (ctx, input) => admin.deadLetters(ctx, input),
  removeDeadLetter: (ctx, input) => admin.removeDeadLetter(ctx, input),
  redrive: (ctx, input) => admin.redrive(ctx, input),
  hashBankEntries: (ctx, input) => hashBank.list(ctx, input),
  removeHashBankEntry: (ctx, input) => hashBank.remove(ctx, { ...input, me: ctx.me }),
  setRoles: (ctx, input) => admin.setRoles(ctx, { ...input, me: ctx.me }),
};
