import type * as routes from "@pendo/contract/routes/devices";
import * as devices from "@pendo/core/devices/devices";
import type { HandleNoun } from "../middleware/handles.ts";

export const handlers: HandleNoun<typeof routes> = {
  bindPushToken: (ctx, input) => devices.bindPushToken(ctx, { ...input, userId: ctx.me }),
  unbindPushToken: (ctx, input) => devices.unbindPushToken(ctx, { ...input, userId: ctx.me }),
  vapidPublicKey: async ({ secrets }) => ({ applicationServerKey: secrets.vapidPublicKey }),
};
