import * as notices from "@pendo/core/notifications/notices";
import * as release from "@pendo/core/notifications/release";
import type { HandleQueue } from "../middleware/handles.ts";

export const handlers: HandleQueue<"push"> = {
  "like.received": (ctx, { id: factId, data }) => notices.liked(ctx, { factId, ...data }),
  "match.created": (ctx, { id: factId, data }) => notices.matched(ctx, { factId, ...data }),
  "message.created": (ctx, { id: factId, data }) => notices.messaged(ctx, { factId, ...data }),
  "moderation.decided": (ctx, { id: factId, data }) => notices.decided(ctx, { factId, ...data }),
  "boost.ended": (ctx, { id: factId, data }) => notices.boostEnded(ctx, { factId, ...data }),
  "push.held": (ctx, { data }) => release.releaseHeld(ctx, data),
  "socket.lost": (ctx, { data }) => release.releaseOf(ctx, data),
  "picks.made": (ctx, { id: factId, data }) => notices.picked(ctx, { factId, ...data }),
  "conversation.read": (ctx, { id: factId, data }) => notices.conversationRead(ctx, { factId, ...data }),
};
