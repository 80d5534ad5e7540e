import type { UserId } from "@pendo/contract/ids";
import type { ProfileCard } from "@pendo/contract/profile";
import type { Viewer } from "@pendo/engine/explain/reasons";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { cardsFor } from "../profiles/cards.ts";
import { viewerOf } from "./handedOut.ts";

/** What a reason may be made of: what the viewer said and asked for, and what the other one's card shows to everybody. */
export interface Pairing {
  readonly viewer: Viewer;
  readonly card: ProfileCard;
}

/**
 * Two users as far as it may be told why one is shown to the other: only of a card that the viewer was given today, and with what the viewer said and
 * wanted then. So a viewer who changes the own profile and asks again reads nothing about what others want.
 * @throws {Fault} `profile.notFound`: the id is any other, or its card may not be seen any more
 */
export async function pairing(
  ports: Uses<"db" | "cache" | "storage">,
  { viewerId, userId }: { viewerId: UserId; userId: UserId },
): Promise<Pairing> {
  const viewer = await viewerOf(ports, { viewerId, userId });
  if (!viewer) throw new Fault("profile.notFound");
  const card = (await cardsFor(ports, { viewerId, userIds: [userId], onlyDiscoverable: true })).get(userId);
  if (!card) throw new Fault("profile.notFound");
  return { viewer, card };
}
