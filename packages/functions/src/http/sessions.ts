import type * as routes from "@pendo/contract/routes/sessions";
import * as sessions from "@pendo/core/sessions/sessions";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  list: (ctx, input) => sessions.list(ctx, { ...input, userId: ctx.me, sessionId: ctx.sessionId }),
  revoke: (ctx, { sessionId }) => sessions.revoke(ctx, { userId: ctx.me, sessionId, reason: "revoked" }),
};
