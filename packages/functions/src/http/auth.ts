import type * as routes from "@pendo/contract/routes/auth";
import * as auth from "@pendo/core/auth/auth";
import { refresh } from "@pendo/core/auth/refresh";
import * as sessions from "@pendo/core/sessions/sessions";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  requestOtp: (ctx, input) => auth.requestOtp(ctx, { ...input, ip: ctx.caller.ip }),
  verifyOtp: (ctx, input) => auth.verifyOtp(ctx, { ...input, ip: ctx.caller.ip }),
  refresh: (ctx, input) => refresh(ctx, input),
  logout: (ctx) => sessions.logout(ctx, { userId: ctx.me, sessionId: ctx.sessionId }),
};
