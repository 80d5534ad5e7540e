import type { ConversationId, MatchId, UserId } from "@pendo/contract/ids";
import type { ProfileCard } from "@pendo/contract/profile";
import { endFor } from "../conversations/start.sql.ts";
import { TimeKey } from "../cursor.ts";
import { Fault } from "../fault.ts";
import { type ItemSteps, type Page, readItems, readPage } from "../list.ts";
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

/**
 * The user's current matches, newest first. Whoever is not active any more is left out, so a page may be short of its limit.
 * @throws {Fault} `input.invalid`: the cursor is not one of this list
 */
export async function list(
  ports: Uses<"db" | "storage">,
  { userId, cursor, limit }: { userId: UserId; cursor?: string | undefined; limit: number },
): Promise<Page<Match>> {
  return await readPage({ cursor, limit }, TimeKey, {
    skeleton: (before, max) => sql.list(ports.db, { userId, before, limit: max }),
    keyOf: ({ createdAt, id }) => [createdAt.toISOString(), id],
    ...cardSteps(ports, userId),
  });
}

/**
 * One of the user's current matches.
 * @throws {Fault} `match.notFound`: the match is not the user's, has ended, or is with a user who is not active any more
 */
export async function get(ports: Uses<"db" | "storage">, { userId, matchId }: { userId: UserId; matchId: MatchId }): Promise<Match> {
  const row = await sql.find(ports.db, { matchId, userId });
  const [match] = row ? await readItems([row], cardSteps(ports, userId)) : [];
  if (!match) throw new Fault("match.notFound");
  return match;
}

/**
 * Ends a match and its conversation for both, and for good: the two are never shown to each other again, and a further swipe finds nobody.
 * Ending it again changes nothing.
 * @throws {Fault} `match.notFound`: it never was the user's
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

/** A match with the card of the other user. Without a card, the viewer may not see that user now. */
function cardSteps(ports: Uses<"db" | "storage">, viewerId: UserId): ItemSteps<sql.MatchRow, Map<UserId, ProfileCard>, Match> {
  return {
    hydrate: (rows) => cardsFor(ports, { viewerId, userIds: rows.map(({ otherId }) => otherId), onlyDiscoverable: false }),
    rules: ({ otherId }, cards) => cards.has(otherId),
    present: ({ id, conversationId, otherId, createdAt }, cards) => ({
      id,
      conversationId,
      user: cards.get(otherId) as ProfileCard,
      matchedAt: createdAt.toISOString(),
    }),
  };
}
