import type { ConversationId, MatchId, UserId } from "@pendo/contract/ids";
import type { ProfileCard } from "@pendo/contract/profile";
import { Time } from "@pendo/contract/time";
import * as z from "zod";
import { endFor } from "../conversations/start.ts";
import { decode, encode } from "../cursor.ts";
import { Fault } from "../fault.ts";
import type { Bus } from "../ports/bus/bus.ts";
import { withdrawLikes } from "../notifications/withdraw.sql.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { cardsFor } from "../profiles/cards.ts";
import { append, lockHeads } from "../log/log.sql.ts";
import * as sql from "./matches.sql.ts";

export interface Match {
  readonly id: MatchId;
  readonly conversationId: ConversationId;
  readonly user: ProfileCard;
  readonly matchedAt: string;
}

const SortKey = z.tuple([Time, z.uuid()]);

/**
 * The user's current matches, newest first. Whoever is not active any more is left out, so a page may be short of its limit.
 * @throws {Fault} `input.invalid` for a foreign cursor.
 */
export async function list(
  ports: Uses<"db" | "storage">,
  { userId, cursor, limit }: { userId: UserId; cursor?: string | undefined; limit: number },
): Promise<{ items: Match[]; next: string | null }> {
  const key = cursor === undefined ? null : decode(cursor, SortKey);
  const rows = await sql.list(ports.db, { userId, before: key && [new Date(key[0]), key[1]], limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last ? encode([last.createdAt.toISOString(), last.id]) : null;
  return { items: await withCards(ports, userId, shown), next };
}

/**
 * One of the user's current matches.
 * @throws {Fault} `match.notFound`, also for somebody else's, an ended one, and one with somebody who is not active any more.
 */
export async function get(ports: Uses<"db" | "storage">, { userId, matchId }: { userId: UserId; matchId: MatchId }): Promise<Match> {
  const row = await sql.find(ports.db, { matchId, userId });
  const [match] = row ? await withCards(ports, userId, [row]) : [];
  if (!match) throw new Fault("match.notFound");
  return match;
}

/**
 * Ends a match and its conversation for both, and for good: the two are never shown to each other again, and a further swipe finds nobody.
 * Ending it again changes nothing.
 * @throws {Fault} `match.notFound` where it never was the user's.
 */
export async function end(
  { db, bus, clock }: Uses<"db" | "bus">,
  { matchId, endedBy }: { matchId: MatchId; endedBy: UserId },
): Promise<void> {
  const at = clock.now();
  await db.begin(async (tx) => {
    if (await endOne(tx, bus, { matchId, endedBy, at })) return;
    if (!(await sql.wasOf(tx, { matchId, userId: endedBy }))) throw new Fault("match.notFound");
  });
}

/**
 * Ends whatever is between two people, in the transaction of a block: their match with its conversation, and the likes that wait in either's inbox.
 * Call it before anything that locks heads or conversations. It takes the pair's row first, so a swipe at the same time either comes before it, and is
 * undone here, or after it, and sees the block.
 */
export async function endBetween(
  tx: Tx,
  bus: Pick<Bus, "emit">,
  { a, b, endedBy, at }: { a: UserId; b: UserId; endedBy: UserId; at: Date },
): Promise<void> {
  await sql.lockPair(tx, a, b);
  const removed = await sql.removeLikes(tx, a, b);
  const notices = await withdrawLikes(tx, removed, at);
  const matchId = await sql.currentBetween(tx, a, b);
  if (matchId) await endOne(tx, bus, { matchId, endedBy, at });
  const other = (userId: UserId) => (userId === a ? b : a);
  // Of the heads, the caller is going to need the blocker's as well: both are taken here, in the order everybody takes them in.
  await lockHeads(tx, [a, b]);
  if (removed.length > 0)
    await append(
      tx,
      removed.map(({ likedId }) => ({ userId: likedId, kind: "like", ref: other(likedId), likes: -1 })),
      at,
    );
  if (notices.length > 0) await append(tx, notices, at);
}

async function endOne(
  tx: Tx,
  bus: Pick<Bus, "emit">,
  { matchId, endedBy, at }: { matchId: MatchId; endedBy: UserId; at: Date },
): Promise<boolean> {
  const ended = await sql.end(tx, { matchId, endedBy, at });
  if (!ended) return false;
  const userIds: [UserId, UserId] = [ended.lo, ended.hi];
  await endFor(tx, { matchId, at });
  await append(
    tx,
    userIds.map((userId) => ({ userId, kind: "match", ref: matchId })),
    at,
  );
  await bus.emit(tx, "match.ended", { matchId, conversationId: ended.conversationId, endedBy, userIds }, { actor: endedBy });
  return true;
}

async function withCards(ports: Uses<"db" | "storage">, userId: UserId, rows: readonly sql.MatchRow[]): Promise<Match[]> {
  const cards = await cardsFor(ports, { viewerId: userId, userIds: rows.map((row) => row.otherId), onlyDiscoverable: false });
  return rows.flatMap((row) => {
    const user = cards.get(row.otherId);
    return user ? [{ id: row.id, conversationId: row.conversationId, user, matchedAt: row.createdAt.toISOString() }] : [];
  });
}
