import * as decks from "@pendo/core/discovery/decks";
import type { HandleBatch } from "@pendo/functions/middleware/handles";
import { affect } from "@pendo/functions/queue/matching";
import type { Engine } from "./engineService.ts";

/**
 * The matching queue where an engine runs: what facts tell of is in its memory before they are acknowledged, it learns there and not in SQL, and decks come
 * from it. Whatever it cannot answer is filled from SQL, as on Lambda. All else is done as there.
 */
export function matchingByEngine(engine: Engine): HandleBatch<"matching"> {
  return {
    batch: async (ctx, facts) => {
      await engine.apply(facts);
      await Promise.all(
        facts.map(async (fact) => {
          if (fact.type !== "deck.low") return await affect(ctx, fact);
          const { userId } = fact.data;
          const userIds = await engine.deck(userId);
          if (userIds === null) await decks.refill(ctx, { userId });
          else await decks.fill(ctx.cache, userId, userIds);
        }),
      );
    },
  };
}
