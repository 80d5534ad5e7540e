import type { UserId } from "@pendo/contract/ids";
import type { LikeOn } from "@pendo/contract/like";
import type { ProfileCard } from "@pendo/contract/profile";
import { Time } from "@pendo/contract/time";
import * as z from "zod";
import { decode, encode } from "../cursor.ts";
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

export interface LikesPage {
  readonly items: Like[];
  readonly next: string | null;
}

interface PageWanted {
  readonly userId: UserId;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

const SortKey = z.tuple([Time, z.uuid()]);

/**
 * Who likes the user and waits for an answer, newest first, and how many there are. People who paused are shown, since they may be answered; whoever
 * is suspended is left out, so a page may be short of its limit and the count above what is shown.
 * @throws {Fault} `input.invalid` for a foreign cursor.
 */
export async function listIncoming(ports: Uses<"db" | "storage">, wanted: PageWanted): Promise<LikesPage & { readonly count: number }> {
  const [page, count] = await Promise.all([list(ports, sql.incoming, wanted), sql.incomingCount(ports.db, wanted.userId)]);
  return { ...page, count };
}

/**
 * Whom the user likes and who has not answered, newest first. Whoever is hidden for now is left out.
 * @throws {Fault} `input.invalid` for a foreign cursor.
 */
export async function listOutgoing(ports: Uses<"db" | "storage">, wanted: PageWanted): Promise<LikesPage> {
  return await list(ports, sql.outgoing, wanted);
}

async function list(ports: Uses<"db" | "storage">, read: typeof sql.incoming, { userId, cursor, limit }: PageWanted): Promise<LikesPage> {
  const key = cursor === undefined ? null : decode(cursor, SortKey);
  const rows = await read(ports.db, { userId, before: key && [new Date(key[0]), key[1]], limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const onlyDiscoverable = read === sql.outgoing;
  const cards = await cardsFor(ports, { viewerId: userId, userIds: shown.map((row) => row.otherId), onlyDiscoverable });
  const items = shown.flatMap(({ otherId, action, comment, commentOn, likedAt }): Like[] => {
    const user = cards.get(otherId);
    return user ? [{ user, action, comment, on: commentOn, likedAt: likedAt.toISOString() }] : [];
  });
  return { items, next: rows.length > limit && last ? encode([last.likedAt.toISOString(), last.otherId]) : null };
}
