import { stay } from "@pendo/core/realtime/presence";
import { headCursor } from "@pendo/core/sync/sync";
import type { HandleFrame } from "../middleware/handles.ts";

/** Keeps the user online, and shows the client that the socket is alive. */
export const ping: HandleFrame<"ping"> = async (ctx) => {
  await stay(ctx, ctx.me);
  return { type: "pong", data: {} };
};

/** Returns the cursor of the newest change, so that the client sees whether it missed one. */
export const sync: HandleFrame<"sync"> = async (ctx) => ({ type: "ready", data: { cursor: await headCursor(ctx, ctx.me) } });
