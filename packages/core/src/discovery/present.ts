import type { UserId } from "@pendo/contract/ids";
import type { ProfileCard } from "@pendo/contract/profile";
import { noteViews } from "../boosts/boosts.sql.ts";
import type { Uses } from "../ports/ports.ts";
import { cardsFor } from "../profiles/cards.ts";
import { noteHandedOut } from "./handedOut.ts";

interface Candidates {
  readonly viewerId: UserId;
  /** Users that the rules let the viewer see now, in order. */
  readonly userIds: readonly UserId[];
}

/**
 * The last steps of each list of candidates: reads their cards (hydrate), counts the views, and returns the cards in order (present).
 * The steps before, skeleton and rules, differ between the deck, the picks and the search.
 */
export async function presentCandidates(ports: Uses<"db" | "storage">, { viewerId, userIds }: Candidates): Promise<ProfileCard[]> {
  const [cards] = await Promise.all([
    cardsFor(ports, { viewerId, userIds, onlyDiscoverable: true }),
    noteViews(ports.db, { viewerId, userIds, at: ports.clock.now() }),
  ]);
  return userIds.flatMap((userId) => cards.get(userId) ?? []);
}

/** The same for candidates that Pendo recommended: the viewer may ask for the reasons for the rest of the day. */
export async function presentRecommended(ports: Uses<"db" | "cache" | "storage">, candidates: Candidates): Promise<ProfileCard[]> {
  const [cards] = await Promise.all([presentCandidates(ports, candidates), noteHandedOut(ports, candidates)]);
  return cards;
}
