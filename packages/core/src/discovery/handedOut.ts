import type { UserId } from "@pendo/contract/ids";
import type { Viewer } from "@pendo/engine/explain/reasons";
import type { Uses } from "../ports/ports.ts";
import { defaultPreferences } from "../preferences/preferences.ts";
import { preferencesOf } from "../preferences/preferences.sql.ts";
import { ownProfile } from "../profiles/profiles.sql.ts";

/** More cards than a user looks at in a day; the oldest are forgotten first. */
const CARDS_MAX = 500;
const DAY_SEC = 24 * 3600;

/** The cards of a day, with what their viewer said and wanted when each was first handed out. */
interface HandedOut {
  readonly viewers: readonly Viewer[];
  /** The place of the viewer's words in `viewers`, by the id of the card. */
  readonly cards: readonly (readonly [UserId, number])[];
}

const keyOf = (viewerId: UserId, at: Date) => `handedOut:${viewerId}:${at.toISOString().slice(0, 10)}`;

/** Notes which cards a viewer was given today. A card keeps the viewer's words of its first time: later changes read nothing about it. */
export async function noteHandedOut(
  { db, cache, clock }: Uses<"db" | "cache">,
  { viewerId, userIds }: { readonly viewerId: UserId; readonly userIds: readonly UserId[] },
): Promise<void> {
  const key = keyOf(viewerId, clock.now());
  const { viewers, cards } = await read(cache, key);
  const known = new Set(cards.map(([userId]) => userId));
  const added = userIds.filter((userId) => !known.has(userId));
  if (added.length === 0) return;
  const [own, wants] = await Promise.all([ownProfile(db, viewerId), preferencesOf(db, viewerId)]);
  if (!own) return;
  const { ageMin, ageMax, intents } = wants ?? defaultPreferences;
  const viewer: Viewer = { intent: own.intent, interests: own.interests, wants: { ageMin, ageMax, intents } };
  const same = viewers.findIndex((one) => JSON.stringify(one) === JSON.stringify(viewer));
  const place = same < 0 ? viewers.length : same;
  const next: HandedOut = {
    viewers: same < 0 ? [...viewers, viewer] : viewers,
    cards: [...cards, ...added.map((userId) => [userId, place] as const)].slice(-CARDS_MAX),
  };
  await cache.set(key, JSON.stringify(next), DAY_SEC);
}

/** What the viewer said and wanted when this card was handed out today; null where it was not. */
export async function viewerOf(
  { cache, clock }: Uses<"cache">,
  { viewerId, userId }: { readonly viewerId: UserId; readonly userId: UserId },
): Promise<Viewer | null> {
  const { viewers, cards } = await read(cache, keyOf(viewerId, clock.now()));
  const place = cards.find(([id]) => id === userId)?.[1];
  return place === undefined ? null : (viewers[place] ?? null);
}

async function read(cache: Uses<"cache">["cache"], key: string): Promise<HandedOut> {
  const text = await cache.get(key);
  return text === null ? { viewers: [], cards: [] } : (JSON.parse(text) as HandedOut);
}
