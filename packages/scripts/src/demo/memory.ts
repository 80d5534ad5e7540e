import type { Client } from "@pendo/client/client";
import { type Replica, replica } from "@pendo/client/replica";
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

/** A client's memory without any conversation. Its first `sync` reads everything. */
export function memory(): Memory {
  const conversations = new Map<ConversationId, Map<number, Remembered>>();
  const matches = new Map<MatchId, ConversationId>();
  let device: Replica | undefined;

  const keep = (conversationId: ConversationId, seq: number, message: Remembered): void => {
    // One's own message that waits for its verdict has no place yet.
    if (seq === 0) return;
    const known = conversations.get(conversationId) ?? new Map<number, Remembered>();
    conversations.set(conversationId, known.set(seq, message));
  };
  return {
    sync: async (client) => {
      device ??= replica({ client });
      await device.catchUp();
      const { match, message } = device.state();
      matches.clear();
      for (const [id, one] of match) matches.set(id, one.match.conversationId);
      const live = new Set(matches.values());
      for (const id of conversations.keys()) if (!live.has(id)) conversations.delete(id);
      for (const { message: one } of message.values()) keep(one.conversationId, one.seq, one);
    },
    frame: ({ conversationId, seq, messageId, senderId, text }) => keep(conversationId, seq, { id: messageId, senderId, text }),
    messages: () => conversations,
    matches: () => matches,
  };
}
