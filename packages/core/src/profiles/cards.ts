import type { UserId } from "@pendo/contract/ids";
import type { ProfileCard } from "@pendo/contract/profile";
import { bandOf, distanceKm } from "../rules/distance.ts";
import { signedPhoto } from "../rules/photos.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import { selectCards, type CardRow } from "./cards.sql.ts";

export interface CardsWanted {
  readonly viewerId: UserId;
  readonly userIds: readonly UserId[];
  /** Leaves out whoever decks and search may not show. Lists of matches pass false: a paused profile is still a match's. */
  readonly onlyDiscoverable: boolean;
  /** With `onlyDiscoverable`: keeps the viewer and whoever is matched with them all the same. */
  readonly orMatched?: boolean;
}

/**
 * Profiles as the viewer may see them: only words and photos that passed moderation, and no place but a distance band. Left out are
 * the blocked (either way), the unknown, whoever is not active, and who has no name, birthday or gender yet.
 */
export async function cardsFor(
  { db, storage, clock }: Pick<Uses<"db" | "storage">, "db" | "storage" | "clock">,
  wanted: CardsWanted,
): Promise<Map<UserId, ProfileCard>> {
  if (wanted.userIds.length === 0) return new Map();
  const rows = await selectCards(db, { orMatched: false, ...wanted, at: clock.now() });
  const cards = await Promise.all(rows.map((row) => card({ storage }, row)));
  return new Map(cards.map((each) => [each.id, each]));
}

async function card({ storage }: Pick<Ports, "storage">, row: CardRow): Promise<ProfileCard> {
  const { userId: id, lat, lon, viewerLat, viewerLon, photos, ...shown } = row;
  return { id, ...shown, photos: await Promise.all(photos.map((photo) => signedPhoto({ storage }, photo))), distance: band() };

  function band() {
    if (lat === null || lon === null || viewerLat === null || viewerLon === null) return null;
    return bandOf(distanceKm({ lat, lon }, { lat: viewerLat, lon: viewerLon }));
  }
}
