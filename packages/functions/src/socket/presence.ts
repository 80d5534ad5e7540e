import { sendToUser, written } from "@pendo/core/realtime/frames";
import { leaveAll, unwatch, watch } from "@pendo/core/realtime/presence";
import type { HandleFrame } from "../middleware/handles.ts";

export const presenceSubscribe: HandleFrame<"presence.subscribe"> = async (ctx, { userIds }) => {
  const standings = await watch(ctx, { userId: ctx.me, targetIds: userIds });
  const frames = standings.map((data) => written({ type: "presence.changed", data }));
  await leaveAll(ctx, await sendToUser(ctx, ctx.me, frames));
};

export const presenceUnsubscribe: HandleFrame<"presence.unsubscribe"> = async (ctx, { userIds }) => {
  await unwatch(ctx, { userId: ctx.me, targetIds: userIds });
};
