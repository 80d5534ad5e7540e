import type { ConversationId, MatchId, UserId } from "@pendo/contract/ids";
import * as conversations from "../conversations/start.sql.ts";
import { withdrawLikes } from "../notifications/withdraw.sql.ts";
import type { NewEvent } from "../ports/bus/bus.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { append } from "../log/log.sql.ts";
import { insertMatch } from "./matches.sql.ts";

export interface MatchIds {
  readonly matchId: MatchId;
  readonly conversationId: ConversationId;
}

/**
 * Makes a match of two people whose likes are both in the pair's row, which the caller has locked: the match, its conversation, an entry in both logs,
 * and the event, written together with its `cause`. The like that waited for its answer leaves its inbox.
 */
export async function make(
  { bus, ids }: Pick<Uses<"bus">, "bus" | "ids">,
  tx: Tx,
  { userIds, madeBy, cause, at }: { userIds: readonly [UserId, UserId]; madeBy: UserId; cause: NewEvent; at: Date },
): Promise<MatchIds> {
  const matchId = ids.next<MatchId>();
  const conversationId = ids.next<ConversationId>();
  const answered = await insertMatch(tx, { matchId, userIds, at });
  const notices = await withdrawLikes(tx, answered, at);
  const entry = (userId: UserId) => ({
    userId,
    kind: "match" as const,
    ref: matchId,
    likes: answered.some(({ likedId }) => likedId === userId) ? -1 : 0,
  });
  await Promise.all([
    conversations.start(tx, { conversationId, matchId, userIds, at }),
    append(tx, [...userIds.map(entry), ...notices], at),
    bus.emitAll(tx, [cause, { name: "match.created", data: { matchId, conversationId, userIds: [...userIds] }, actor: madeBy }]),
  ]);
  return { matchId, conversationId };
}
