import type { ConversationId, MatchId, UserId } from "@pendo/contract/ids";
import * as conversations from "../conversations/start.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { append } from "../sync/log.ts";
import { insertMatch } from "./matches.sql.ts";

export interface Made {
  readonly matchId: MatchId;
  readonly conversationId: ConversationId;
}

/**
 * Makes a match of two people whose likes are both in the pair's row, which the caller has locked: the match, its conversation, an entry in both logs,
 * and the fact. The like that waited for its answer leaves the inbox it was in.
 */
export async function make(
  { bus, ids }: Pick<Uses<"bus">, "bus" | "ids">,
  tx: Tx,
  { userIds, madeBy, at }: { userIds: readonly [UserId, UserId]; madeBy: UserId; at: Date },
): Promise<Made> {
  const matchId = ids.next<MatchId>();
  const conversationId = ids.next<ConversationId>();
  const answered = await insertMatch(tx, { matchId, userIds, at });
  const entry = (userId: UserId) => ({ userId, kind: "match" as const, ref: matchId, likes: answered.includes(userId) ? -1 : 0 });
  await Promise.all([
    conversations.start(tx, { conversationId, matchId, userIds, at }),
    append(tx, userIds.map(entry), at),
    bus.emit(tx, "match.created", { matchId, conversationId, userIds: [...userIds] }, { actor: madeBy }),
  ]);
  return { matchId, conversationId };
}
