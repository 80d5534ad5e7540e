import { sendToUser, written } from "@pendo/core/realtime/frames";
import { leaveAll, unwatch, watch } from "@pendo/core/realtime/presence";
import type { HandleFrame } from "../middleware/handles.ts";

/** Watches users, and sends the present state of each before the `ack`. Sockets that turn out to be closed are removed. */
export const presenceSubscribe: HandleFrame<"presence.subscribe"> = async (ctx, { userIds }) => {
  const standings = await watch(ctx, { userId: ctx.me, targetIds: userIds });
  const frames = standings.map((data) => written({ type: "presence.changed", data }));
  await leaveAll(ctx, await sendToUser(ctx, ctx.me, frames));
};

/** Ends the watch over these users. */
export const presenceUnsubscribe: HandleFrame<"presence.unsubscribe"> = async (ctx, { userIds }) => {
  await unwatch(ctx, { userId: ctx.me, targetIds: userIds });
};
