import type * as routes from "@pendo/contract/routes/admin";
import * as admin from "@pendo/core/admin/admin";
import * as hashBank from "@pendo/core/moderation/hashBank";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  getMetrics: (ctx, input) => admin.getMetrics(ctx, input),
  listQueues: (ctx) => admin.listQueues(ctx),
  listDeadLetters: (ctx, input) => admin.listDeadLetters(ctx, input),
  removeDeadLetter: (ctx, { name, deadLetterId }) => admin.removeDeadLetter(ctx, { name, id: deadLetterId }),
  redrive: (ctx, input) => admin.redrive(ctx, input),
  listHashBankEntries: (ctx, input) => hashBank.list(ctx, input),
  removeHashBankEntry: (ctx, input) => hashBank.remove(ctx, { ...input, me: ctx.me }),
  replaceRoles: (ctx, input) => admin.replaceRoles(ctx, { ...input, me: ctx.me }),
};
