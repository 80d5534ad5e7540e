import type { UserId } from "@pendo/contract/ids";
import type { Cache } from "../ports/cache/cache.ts";
import type { Uses } from "../ports/ports.ts";
import type { Found } from "./retrieve.sql.ts";

/** How many people a full deck holds. */
export const DECK_SIZE = 100;
/** With fewer than these left, a refill is asked for. */
export const DECK_LOW = 30;

const DECK_SEC = 24 * 3600;
// Where nobody is left, or few, the answer stays for a while: looking again at once would find the same.
const EMPTY_DECK_SEC = 60;
const REFILL_PAUSE_SEC = 600;

const deckKey = (userId: UserId) => `deck:${userId}`;
const lowKey = (userId: UserId) => `deckLow:${userId}`;

/** The people in a user's deck, best first; null where there is none. A deck is a hint: whoever hands cards out checks them again. */
export async function readDeck(cache: Cache, userId: UserId): Promise<UserId[] | null> {
  const text = await cache.get(deckKey(userId));
  return text === null ? null : (text.split(" ").filter((id) => id !== "") as UserId[]);
}

/** Replaces a user's deck. */
export async function writeDeck(cache: Cache, userId: UserId, userIds: readonly UserId[]): Promise<void> {
  await cache.set(deckKey(userId), userIds.join(" "), userIds.length > 0 ? DECK_SEC : EMPTY_DECK_SEC);
}

/** Forgets decks whose owners changed what they are or want, or got somebody back: the next look fills them anew. */
export async function forgetDecks(cache: Cache, ...userIds: readonly UserId[]): Promise<void> {
  await cache.remove(...userIds.flatMap((userId) => [deckKey(userId), lowKey(userId)]));
}

/** Whether the caller shall ask for a refill: of many that find a deck low, one does, until it was refilled. */
export function claimRefill(cache: Cache, userId: UserId): Promise<boolean> {
  return cache.claim(lowKey(userId), "1", REFILL_PAUSE_SEC);
}

/** Puts new people in the place of a user's deck, as an answer to `deck.low`. */
export async function fill(cache: Cache, userId: UserId, userIds: readonly UserId[]): Promise<void> {
  await writeDeck(cache, userId, userIds);
  // A deck that stays low may ask again only after the pause.
  if (userIds.length >= DECK_LOW) await cache.remove(lowKey(userId));
}

/** Fills a user's deck from SQL, with exact eligibility both ways, and answers who is in it. A profile that lacks something gets no deck. */
export async function refill({ db, cache, clock, ids }: Uses<"db" | "cache">, { userId }: { userId: UserId }): Promise<Found> {
  // Few requests find a deck empty, so what ranks is loaded for the first that does.
  const { retrieve } = await import("./ranking.ts");
  const found = await retrieve(db, { userId, at: clock.now(), limit: DECK_SIZE, seed: Math.floor(ids.chance() * 2 ** 31) });
  if (found.missing.length > 0) return found;
  await fill(cache, userId, found.userIds);
  return found;
}
