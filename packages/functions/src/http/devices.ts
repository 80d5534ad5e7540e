import type * as routes from "@pendo/contract/routes/devices";
import * as devices from "@pendo/core/devices/devices";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  replacePushToken: (ctx, input) => devices.replacePushToken(ctx, { ...input, userId: ctx.me, sessionId: ctx.sessionId }),
  removePushToken: (ctx, input) => devices.removePushToken(ctx, { ...input, userId: ctx.me }),
  getVapidPublicKey: async ({ secrets }) => ({ applicationServerKey: secrets.vapidPublicKey }),
};
