import type { UserId } from "@pendo/contract/ids";
import type { ProfileCard } from "@pendo/contract/profile";
import { presentRecommended } from "../discovery/present.ts";
import { complete } from "../discovery/recommend.ts";
import { stillEligible } from "../discovery/retrieve.sql.ts";
import { countView } from "../discovery/views.ts";
import type { Uses } from "../ports/ports.ts";
import * as sql from "./dailyPicks.sql.ts";

/**
 * The day's picks that may still be shown, the best first: whoever was swiped, blocked, hidden, or does not fit any more is gone.
 * @throws {Fault} `profile.incomplete`: the profile of the user lacks what `fields` names
 * @throws {Fault} `discovery.viewsSpent`: the day's views are used up; `resetsAt` says when they are back
 */
export async function list(
  ports: Uses<"db" | "cache" | "storage">,
  { userId, limit }: { readonly userId: UserId; readonly limit: number },
): Promise<{ items: ProfileCard[]; expiresAt: string | null }> {
  const [offered] = await Promise.all([sql.picksOf(ports.db, userId, ports.clock.now()), countView(ports.cache, userId)]);
  return { items: await presentOffered(ports, { userId, limit, offered }), expiresAt: offered.until?.toISOString() ?? null };
}

/**
 * Whom the day paired the user with, as long as they may be shown; each is told the other.
 * @throws {Fault} `profile.incomplete`: the profile of the user lacks what `fields` names
 * @throws {Fault} `discovery.viewsSpent`: the day's views are used up; `resetsAt` says when they are back
 */
export async function getMostCompatible(
  ports: Uses<"db" | "cache" | "storage">,
  { userId }: { readonly userId: UserId },
): Promise<{ user: ProfileCard | null; expiresAt: string | null }> {
  const [offered] = await Promise.all([sql.partnerOf(ports.db, userId, ports.clock.now()), countView(ports.cache, userId)]);
  const [user = null] = await presentOffered(ports, { userId, limit: 1, offered });
  return { user, expiresAt: user ? (offered.until?.toISOString() ?? null) : null };
}

async function presentOffered(
  ports: Uses<"db" | "cache" | "storage">,
  { userId, limit, offered }: { readonly userId: UserId; readonly limit: number; readonly offered: sql.Offered },
): Promise<ProfileCard[]> {
  const candidates = complete(await stillEligible(ports.db, { userId, userIds: offered.userIds, at: ports.clock.now() }));
  return await presentRecommended(ports, { viewerId: userId, userIds: candidates.slice(0, limit) });
}
