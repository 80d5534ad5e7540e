import type { UserId } from "@pendo/contract/ids";
import { running } from "../boosts/boosts.sql.ts";
import type { Uses } from "../ports/ports.ts";
import { lookers } from "./boosted.sql.ts";
import { readDeck, writeDeck } from "./decks.ts";

/** A boost is put into the decks of no more people than these. */
const DECKS_MAX = 300;
/** Somewhere on the first page. */
const PLACES = 10;

/**
 * Puts somebody whose boost has begun on the first page of the decks that were made before it, of people near who were active last; decks that are
 * made while it runs weigh it themselves. Decks are hints: who does not fit is left out when cards are handed out. Answers how many decks changed.
 */
export async function bringForward(
  { db, cache, clock, ids }: Uses<"db" | "cache">,
  { userId }: { readonly userId: UserId },
): Promise<number> {
  const at = clock.now();
  if (!(await running(db, userId, at))) return 0;
  const viewerIds = await lookers(db, { userId, at, limit: DECKS_MAX });
  const changed = await Promise.all(
    viewerIds.map(async (viewerId) => {
      const deck = await readDeck(cache, viewerId);
      const place = Math.floor(ids.chance() * PLACES);
      // An empty deck is made anew within a minute.
      if (deck === null || deck.length === 0 || deck.slice(0, place + 1).includes(userId)) return 0;
      await writeDeck(cache, viewerId, deck.filter((id) => id !== userId).toSpliced(place, 0, userId));
      return 1;
    }),
  );
  return changed.reduce<number>((sum, one) => sum + one, 0);
}
