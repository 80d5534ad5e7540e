import type { UserId } from "@pendo/contract/ids";
import { placeOf } from "../eligibility/sphere.ts";
import { EngineFault } from "../faults.ts";
import type { TieEntry } from "../index/tieCode.ts";
import { deck, type DeckEntry, type DeckRequest } from "../index/search.ts";
import type { Parcel } from "./parcel.ts";
import type { Range } from "./ranges.ts";
import { rangesInReach } from "./reach.ts";
import type { Shard } from "./shard.ts";

/** What another shard is asked, by whoever has the viewer: these may be on two machines. */
export interface GuestRequest extends DeckRequest {
  readonly guest: Parcel;
}

/**
 * Which shards besides the user's own have users within reach.
 * @throws {EngineFault} `user.unknown`: no user here has this id
 * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
 */
export function neighboursOf(home: Shard, ranges: readonly Range[], userId: UserId): number[] {
  const { point, radiusKm } = home.index.packedOf(userId).person;
  return rangesInReach(ranges, placeOf(point), radiusKm).filter((at) => ranges[at]?.from !== home.range.from);
}

/** The best of a shard for somebody who lives in another: as a deck, by exactly the same rule. Nothing of the guest stays. */
export function deckOfGuest({ index }: Shard, { guest, ...request }: GuestRequest): DeckEntry[] {
  const { userId, here, ties } = guest;
  if (here === null) throw new EngineFault("user.unknown", "the guest lives nowhere");
  if (index.has(userId)) throw new EngineFault("deck.invalid", "the guest lives here");
  const row = index.rows.of(userId);
  const own = index.ties.all(row);
  const brought = ties.all.flatMap(({ userId: target, ...tie }): TieEntry[] => {
    const known = index.rows.find(target);
    return known < 0 ? [] : [{ ...tie, row: known }];
  });
  index.ties.replace(row, brought, request.today);
  index.putPacked(userId, { ...here.person, visible: false }, here.traits);
  try {
    return deck(index, { ...request, userId }).entries;
  } finally {
    index.remove(userId);
    index.ties.replace(row, own, request.today);
  }
}

/** One deck of several shards' parts: the best of all. Whoever moved meanwhile may be in two, and counts once. */
export function mergedDecks(parts: readonly (readonly DeckEntry[])[], size: number): DeckEntry[] {
  const best = new Map<UserId, DeckEntry>();
  for (const entry of parts.flat()) if (entry.score > (best.get(entry.userId)?.score ?? -1)) best.set(entry.userId, entry);
  return [...best.values()].toSorted((a, b) => b.score - a.score).slice(0, size);
}

/**
 * A deck across the borders of shards: what one index of everybody would find, but for the order of those whose scores are equal.
 * @throws {EngineFault} `user.unknown`: the viewer lives in none of the shards
 * @throws {EngineFault} `id.malformed`: the id is no lower-case UUID
 * @throws {EngineFault} `deck.invalid`: the size, the day or the seed is out of range
 */
export function deckAcross(shards: readonly Shard[], request: DeckRequest): DeckEntry[] {
  const home = shards.find(({ index }) => index.has(request.userId));
  if (home === undefined) throw new EngineFault("user.unknown", "nobody here has this id");
  const guest = home.parcelOf(home.index.rows.find(request.userId));
  const near = neighboursOf(
    home,
    shards.map(({ range }) => range),
    request.userId,
  );
  const parts = near.map((at) => deckOfGuest(shards[at] as Shard, { ...request, guest }));
  return mergedDecks([deck(home.index, request).entries, ...parts], request.size);
}
