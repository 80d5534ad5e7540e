import type { UserId } from "@pendo/contract/ids";
import { issue } from "@pendo/core/auth/accessTokens";
import { systemClock as clock } from "@pendo/core/ports/clock/clock";
import { randomIds as ids } from "@pendo/core/ports/ids/ids";
import type { Secrets } from "@pendo/core/ports/secrets/secrets";
import { cursorAt } from "@pendo/core/sync/cursor";
import type { Planted } from "./plant.sql.ts";
import type { Request } from "./rawClient.ts";

export interface Scenario {
  readonly name: string;
  /** How many requests it takes until caches are as they usually are. */
  readonly warmUp: number;
  /** Makes requests; `bare` ones carry the user's id where the others carry a token. */
  readonly next: (bare: boolean) => () => Request;
}

/** Enough that nobody reaches the limit of reads. */
const DECK_READERS = 500;

export type TokenOf = (userId: UserId) => string;

/** An access token for everybody, as a sign-in would give it. */
export async function tokensFor({ users }: Planted, secrets: Secrets): Promise<TokenOf> {
  const tokens = new Map<UserId, string>();
  for (const { userId, sessionId } of users)
    tokens.set(userId, (await issue({ secrets, clock }, { userId, sessionId, roles: [] })).accessToken);
  return (userId) => tokens.get(userId) ?? "";
}

/** The requests that the main job is made of. */
export function scenarios({ users, epochId, conversations }: Planted, tokenOf: TokenOf, secrets: Secrets): Scenario[] {
  const auth = (bare: boolean, userId: UserId): string => (bare ? userId : tokenOf(userId));
  const userAt = (i: number): UserId => (users[i % users.length] as Planted["users"][number]).userId;
  // A walk over all pairs that does not repeat one soon, shared by both servers.
  let step = 0;
  return [
    {
      name: "swipe",
      warmUp: 2000,
      next: (bare) => () => {
        const i = step++;
        const [swiper, target] = [userAt(i), userAt(i + 1 + 2 * Math.floor(i / users.length) + (i % 7))];
        // Three of ten are likes: more would spend the quotas of the twelve hours.
        return {
          method: "PUT",
          path: `/v1/swipes/${target}`,
          token: auth(bare, swiper),
          body: i % 10 < 3 ? '{"action":"like"}' : '{"action":"pass"}',
        };
      },
    },
    {
      name: "deck read",
      // Each reader's first read fills the deck; what is measured is the reading.
      warmUp: DECK_READERS,
      next: (bare) => {
        let i = 0;
        return () => ({ method: "GET", path: "/v1/discovery/recommendations?limit=10", token: auth(bare, userAt(i++ % DECK_READERS)) });
      },
    },
    {
      name: "message send",
      warmUp: 2000,
      next: (bare) => {
        let i = 0;
        return () => {
          const { conversationId, members } = conversations[i++ % conversations.length] as Planted["conversations"][number];
          const path = `/v1/conversations/${conversationId}/messages/${ids.next<string>()}`;
          return {
            method: "PUT",
            path,
            token: auth(bare, members[i % 2] as UserId),
            body: '{"text":"A message of a usual length, to be measured."}',
          };
        };
      },
    },
    {
      name: "idle sync",
      warmUp: 2000,
      next: (bare) => {
        // Only users without a conversation have a log that stands still.
        const idle = users.slice(2 * conversations.length);
        const paths = idle.map(({ userId }) => `/v1/sync?cursor=${cursorAt(secrets, userId, { rev: 0, headRev: 0, epochId })}`);
        let i = 0;
        return () => {
          const k = i++ % idle.length;
          return { method: "GET", path: paths[k] as string, token: auth(bare, (idle[k] as Planted["users"][number]).userId) };
        };
      },
    },
  ];
}
