import type { UserId } from "@pendo/contract/ids";
import type { LikeOn } from "@pendo/contract/like";
import type { ProfileCard } from "@pendo/contract/profile";
import { TimeKey } from "../cursor.ts";
import { type Page, type PageWanted, readPage } from "../list.ts";
import type { Uses } from "../ports/ports.ts";
import { cardsFor } from "../profiles/cards.ts";
import * as sql from "./likes.sql.ts";

export interface Like {
  readonly user: ProfileCard;
  readonly action: "like" | "superlike";
  readonly comment: string | null;
  readonly on: LikeOn | null;
  readonly likedAt: string;
}

interface LikesWanted extends PageWanted {
  readonly userId: UserId;
}

/**
 * Who likes the user and waits for an answer, newest first, and how many there are. People who paused are shown, since they may be answered; whoever
 * is suspended is left out, so a page may be short of its limit and the count above what is shown.
 * @throws {Fault} `input.invalid`: the cursor is not one of this list
 */
export async function listIncoming(ports: Uses<"db" | "storage">, wanted: LikesWanted): Promise<Page<Like> & { readonly count: number }> {
  const [page, count] = await Promise.all([
    list(ports, sql.incoming, { ...wanted, onlyDiscoverable: false }),
    sql.incomingCount(ports.db, wanted.userId),
  ]);
  return { ...page, count };
}

/**
 * Whom the user likes and who has not answered, newest first. Whoever is hidden for now is left out.
 * @throws {Fault} `input.invalid`: the cursor is not one of this list
 */
export async function listOutgoing(ports: Uses<"db" | "storage">, wanted: LikesWanted): Promise<Page<Like>> {
  return await list(ports, sql.outgoing, { ...wanted, onlyDiscoverable: true });
}

async function list(
  ports: Uses<"db" | "storage">,
  read: typeof sql.incoming,
  { userId, onlyDiscoverable, ...page }: LikesWanted & { readonly onlyDiscoverable: boolean },
): Promise<Page<Like>> {
  return await readPage(page, TimeKey, {
    skeleton: (before, limit) => read(ports.db, { userId, before, limit }),
    keyOf: ({ likedAt, otherId }) => [likedAt.toISOString(), otherId],
    hydrate: (rows) => cardsFor(ports, { viewerId: userId, userIds: rows.map(({ otherId }) => otherId), onlyDiscoverable }),
    rules: ({ otherId }, cards) => cards.has(otherId),
    present: ({ otherId, action, comment, commentOn, likedAt }, cards): Like => ({
      user: cards.get(otherId) as ProfileCard,
      action,
      comment,
      on: commentOn,
      likedAt: likedAt.toISOString(),
    }),
  });
}
