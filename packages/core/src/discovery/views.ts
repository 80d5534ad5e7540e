import type { UserId } from "@pendo/contract/ids";
import { Fault } from "../fault.ts";
import type { Cache } from "../ports/cache/cache.ts";

/** How often a user may ask for pages of other people in a day: far more than people do, far less than a scraper wants. */
export const VIEWS_PER_DAY = 3000;

/**
 * Counts a look at other people's cards.
 * @throws {Fault} `discovery.viewsSpent`: the day's views are used up; `resetsAt` says when they are back
 */
export async function countView(cache: Cache, userId: UserId): Promise<void> {
  const view = await cache.hit(`views:${userId}`, VIEWS_PER_DAY, 86_400);
  if (!view.allowed) throw new Fault("discovery.viewsSpent", { resetsAt: view.resetAt });
}
