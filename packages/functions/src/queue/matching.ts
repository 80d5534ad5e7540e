import * as boosted from "@pendo/core/discovery/boosted";
import * as decks from "@pendo/core/discovery/decks";
import { learnFrom, type ActingPair, type PairsToRead } from "@pendo/core/discovery/learn";
import type { HandleBatch, HandleQueue } from "../middleware/handles.ts";

// Every effect is on a deck, which is a hint that is checked when cards are handed out: doing it twice does no harm, so no fact is marked as done.
// Decks of others need nothing: whoever hid, blocked or moved away is left out there.
/** What each fact does to decks, whoever learns. */
export const effects: HandleQueue<"matching"> = {
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
  "swipe.recorded": async () => {},
  "conversation.answered": async () => {},
  "swipe.rewound": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.swiperId),
  "user.blocked": async () => {},
  "user.unblocked": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.blockerId, data.blockedId),
  "moderation.decided": (ctx, { data }) => decks.forgetDecks(ctx.cache, data.userId),
};

type Context = Parameters<(typeof effects)["deck.low"]>[0];
type Fact = Parameters<HandleBatch<"matching">["batch"]>[1][number];

/** What one fact does to decks. */
export async function affect(ctx: Context, fact: Fact): Promise<void> {
  await (effects[fact.type] as (ctx: Context, fact: Fact) => Promise<void>)(ctx, fact);
}

/** Without an engine: first the answers of the whole batch are learned from, so that decks that it asks for go by them. */
export const handlers: HandleBatch<"matching"> = {
  batch: async (ctx, facts) => {
    const learned = await learnFrom(ctx, pairsOf(facts));
    await Promise.all(facts.map((fact) => affect(ctx, fact)));
    return { learned };
  },
};

function pairsOf(facts: readonly Fact[]): PairsToRead {
  const swiped = facts.flatMap(({ type, data }): ActingPair[] =>
    type === "swipe.recorded" || type === "swipe.rewound" ? [[data.swiperId, data.targetId]] : [],
  );
  const replied = facts.flatMap(({ type, data }): ActingPair[] =>
    type === "conversation.answered" ? [[data.answererId, data.otherId]] : [],
  );
  return { swiped, replied };
}
