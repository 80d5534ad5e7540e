import * as decks from "@pendo/core/discovery/decks";
import type { HandleBatch } from "@pendo/functions/middleware/handles";
import { handlers } from "@pendo/functions/queue/matching";
import type { Engine } from "./engineService.ts";

type Handle = (ctx: Parameters<(typeof handlers)["deck.low"]>[0], fact: never) => Promise<void>;

/**
 * The matching queue where an engine runs: what facts tell of is in its memory before they are acknowledged, and decks come from it. Whatever it cannot
 * answer is filled from SQL, as on Lambda. All else is done as there.
 */
export function matchingByEngine(engine: Engine): HandleBatch<"matching"> {
  return {
    batch: async (ctx, facts) => {
      await engine.apply(facts);
      await Promise.all(
        facts.map(async (fact) => {
          if (fact.type !== "deck.low") return await (handlers[fact.type] as Handle)(ctx, fact as never);
          const { userId } = fact.data;
          const userIds = await engine.deck(userId);
          if (userIds === null) await decks.refill(ctx, { userId });
          else await decks.fill(ctx.cache, userId, userIds);
        }),
      );
    },
  };
}
