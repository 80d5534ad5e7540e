import * as email from "@pendo/core/email/email";
import type { HandleQueue } from "../middleware/handles.ts";

export const handlers: HandleQueue<"email"> = {
  "otp.requested": (ctx, { id: factId, data }) => email.codeRequested(ctx, { factId, ...data }),
  "user.registered": (ctx, { id: factId, data }) => email.registered(ctx, { factId, ...data }),
  "match.created": (ctx, { id: factId, data }) => email.matched(ctx, { factId, ...data }),
  "session.refreshReused": (ctx, { id: factId, data, occurredAt }) =>
    email.refreshReused(ctx, { factId, ...data, at: new Date(occurredAt) }),
  "moderation.decided": (ctx, { id: factId, data }) => email.decided(ctx, { factId, ...data }),
};
