import * as boosted from "@pendo/core/discovery/boosted";
import * as decks from "@pendo/core/discovery/decks";
import type { HandleQueue } from "../middleware/handles.ts";

// Every effect is on a deck, which is a hint that is checked when cards are handed out: doing it twice does no harm, so no fact is marked as done.
// Decks of others need nothing: whoever hid, blocked or moved away is left out there.
export const handlers: HandleQueue<"matching"> = {
  "deck.low": async (ctx, { data }) => void (await decks.refill(ctx, data)),
  "profile.updated": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.userId),
  "profile.hidden": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.userId),
  "preferences.updated": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.userId),
  "location.changed": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.userId),
  "travel.started": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.userId),
  "travel.ended": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.userId),
  "boost.started": async (ctx, { data }) => void (await boosted.bringForward(ctx, data)),
  // Decks that hold the boosted keep them where they are: who was to be met soon still is.
  "boost.ended": async () => {},
  "media.moderated": async () => {},
  // Learning needs swipes and answered messages, and only the engine learns.
  "swipe.recorded": async () => {},
  "conversation.answered": async () => {},
  "swipe.rewound": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.swiperId),
  "user.blocked": async () => {},
  "user.unblocked": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.blockerId, data.blockedId),
  "moderation.decided": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.userId),
};
