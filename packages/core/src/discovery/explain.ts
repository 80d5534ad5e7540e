import type { UserId } from "@pendo/contract/ids";
import type { Intent, ProfileCard } from "@pendo/contract/profile";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { defaultPreferences } from "../preferences/preferences.ts";
import { preferencesOf } from "../preferences/preferences.sql.ts";
import { cardsFor } from "../profiles/cards.ts";
import { ownProfile } from "../profiles/profiles.sql.ts";
import { stillEligible } from "./retrieve.sql.ts";

/** What a reason may be made of: what the viewer said and asked for, and what the other one's card shows to everybody. */
export interface Pairing {
  readonly viewer: {
    readonly intent: Intent | null;
    readonly interests: readonly string[];
    readonly wants: { readonly ageMin: number; readonly ageMax: number; readonly intents: readonly Intent[] };
  };
  readonly card: ProfileCard;
}

/**
 * Two people as far as it may be told why one is shown to the other.
 * @throws {Fault} `profile.notFound` for whoever would not be recommended to the viewer now, whatever the cause.
 */
export async function pairing(ports: Uses<"db" | "storage">, { viewerId, userId }: { viewerId: UserId; userId: UserId }): Promise<Pairing> {
  const { db, clock } = ports;
  const [{ userIds }, cards, own, wants] = await Promise.all([
    stillEligible(db, { userId: viewerId, userIds: [userId], at: clock.now() }),
    cardsFor(ports, { viewerId, userIds: [userId], onlyDiscoverable: true }),
    ownProfile(db, viewerId),
    preferencesOf(db, viewerId),
  ]);
  const card = cards.get(userId);
  if (!card || !own || !userIds.includes(userId)) throw new Fault("profile.notFound");
  return { viewer: { intent: own.intent, interests: own.interests, wants: wants ?? defaultPreferences }, card };
}
