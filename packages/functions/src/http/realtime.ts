import type * as routes from "@pendo/contract/routes/realtime";
import * as tickets from "@pendo/core/realtime/tickets";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  createTicket: (ctx) => tickets.issue(ctx, { userId: ctx.me, sessionId: ctx.sessionId }),
};
