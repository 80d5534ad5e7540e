import type { UserId } from "@pendo/contract/ids";
import type { ProfileCard } from "@pendo/contract/profile";
import { Fault, reasonsByName } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { claimRefill, DECK_LOW, readDeck, refill, writeDeck } from "./decks.ts";
import { presentRecommended } from "./present.ts";
import { stillEligible, type Missing } from "./retrieve.sql.ts";
import { countView } from "./views.ts";

// Swiped people stay in the deck until so many have gathered; rewriting it for each would double the work of the cache.
const GONE_MAX = 10;

/**
 * HOT: whom to meet next, best first. Reading takes nobody out of the deck: a client whose answer was lost gets the same people again, and they are
 * gone once they are swiped, since the deck is checked in SQL whenever cards are handed out. So a stale deck shows nobody who blocked, hid, was
 * swiped, or does not fit any more, in either direction. An empty deck is filled at once; a low one is refilled by the queue.
 * @throws {Fault} `profile.incomplete`: the profile of the user lacks what `fields` names
 * @throws {Fault} `discovery.viewsSpent`: the day's views are used up; `resetsAt` says when they are back
 */
export async function listRecommendations(
  ports: Uses<"db" | "cache" | "bus" | "storage">,
  { userId, limit }: { userId: UserId; limit: number },
): Promise<{ items: ProfileCard[] }> {
  const [deck] = await Promise.all([readDeck(ports.cache, userId), countView(ports.cache, userId)]);
  const candidates = (deck && (await candidatesIn(ports, { userId, deck, limit }))) ?? complete(await refill(ports, { userId }));
  return { items: await presentRecommended(ports, { viewerId: userId, userIds: candidates.slice(0, limit) }) };
}

/** The users of a deck (skeleton) that the viewer may see now (rules); null where the deck is used up. */
async function candidatesIn(
  ports: Uses<"db" | "cache" | "bus">,
  { userId, deck, limit }: { userId: UserId; deck: readonly UserId[]; limit: number },
): Promise<readonly UserId[] | null> {
  // An empty deck says that a moment ago there was nobody.
  if (deck.length === 0) return [];
  const at = ports.clock.now();
  const headLength = limit + GONE_MAX;
  const head = complete(await stillEligible(ports.db, { userId, userIds: deck.slice(0, headLength), at }));
  const rest = deck.slice(headLength);
  // The head may be used up although the deck is not.
  const alive =
    head.length >= limit || rest.length === 0 ? head : [...head, ...complete(await stillEligible(ports.db, { userId, userIds: rest, at }))];
  if (alive.length === 0) return null;
  const left = alive === head ? [...head, ...rest] : alive;
  if (deck.length - left.length >= GONE_MAX) await writeDeck(ports.cache, userId, left);
  if (left.length < DECK_LOW && (await claimRefill(ports.cache, userId))) {
    await ports.db.begin((tx) => ports.bus.emit(tx, "deck.low", { userId }, { actor: userId }));
  }
  return alive;
}

/**
 * The users of a result, for a viewer whose profile lacks nothing.
 * @throws {Fault} `profile.incomplete`: something is missing; `fields` names it
 */
export function complete({
  missing,
  userIds,
}: {
  readonly missing: readonly Missing[];
  readonly userIds: readonly UserId[];
}): readonly UserId[] {
  if (missing.length > 0) throw new Fault("profile.incomplete", { fields: reasonsByName(missing.map((name) => [name, "is missing"])) });
  return userIds;
}
