import type { Client } from "@pendo/client/client";
import type { Change } from "@pendo/contract/change";
import type { ConversationId, MatchId, MessageId, UserId } from "@pendo/contract/ids";
import type { FrameOutData } from "@pendo/contract/sockets";

export interface Remembered {
  readonly id: MessageId;
  readonly senderId: UserId;
  readonly text: string | null;
}

/** What a client on a telephone would hold: conversations by what frames said and syncs corrected. */
export interface Memory {
  /** Asks what changed since the last time, until nothing is left. */
  sync(client: Client): Promise<void>;
  frame(frame: FrameOutData<"message.created">): void;
  /** By conversation, by place. */
  messages(): ReadonlyMap<ConversationId, ReadonlyMap<number, Remembered>>;
  matches(): ReadonlyMap<MatchId, ConversationId>;
}

export function memory(): Memory {
  const conversations = new Map<ConversationId, Map<number, Remembered>>();
  const matches = new Map<MatchId, ConversationId>();
  let cursor: string | undefined;

  const keep = (conversationId: ConversationId, seq: number, message: Remembered): void => {
    const known = conversations.get(conversationId) ?? new Map<number, Remembered>();
    conversations.set(conversationId, known.set(seq, message));
  };
  const apply = (change: Change): void => {
    if (change.kind === "message" && "message" in change) {
      const { conversationId, seq, id, senderId, text } = change.message;
      keep(conversationId, seq, { id, senderId, text });
    } else if (change.kind === "match" && "match" in change) matches.set(change.id, change.match.conversationId);
    else if (change.kind === "match") {
      // Its conversation goes with it.
      const conversationId = matches.get(change.id);
      matches.delete(change.id);
      if (conversationId) conversations.delete(conversationId);
    }
  };
  return {
    sync: async (client) => {
      for (;;) {
        const page = await client.sync.sync(cursor === undefined ? { limit: 200 } : { limit: 200, cursor });
        page.changes.forEach(apply);
        cursor = page.cursor;
        if (!page.hasMore) return;
      }
    },
    frame: ({ conversationId, seq, messageId, senderId, text }) => keep(conversationId, seq, { id: messageId, senderId, text }),
    messages: () => conversations,
    matches: () => matches,
  };
}
