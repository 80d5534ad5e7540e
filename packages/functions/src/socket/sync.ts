import { stay } from "@pendo/core/realtime/presence";
import { headCursor } from "@pendo/core/sync/sync";
import type { HandleFrame } from "../middleware/handles.ts";

export const ping: HandleFrame<"ping"> = async (ctx) => {
  await stay(ctx, ctx.me);
  return { type: "pong", data: {} };
};

export const sync: HandleFrame<"sync"> = async (ctx) => ({ type: "ready", data: { cursor: await headCursor(ctx, ctx.me) } });
