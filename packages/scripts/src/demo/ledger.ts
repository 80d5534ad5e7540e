import type { ClientMessageId, ConversationId, MatchId, MessageId, UserId } from "@pendo/contract/ids";
import type { Memory } from "./memory.ts";

export interface Couple {
  readonly matchId: MatchId;
  readonly conversationId: ConversationId | null;
  readonly userIds: readonly [UserId, UserId];
}

interface Sent {
  readonly id: MessageId;
  readonly senderId: UserId;
  readonly text: string;
}

/** What the API has confirmed to anybody: what must be there in the end. */
export interface Ledger {
  matched(couple: Couple): void;
  /** A message is on its way: it may arrive, whether or not its sender hears of it. */
  sending(clientMessageId: ClientMessageId, message: { conversationId: ConversationId; senderId: UserId; text: string }): void;
  sent(clientMessageId: ClientMessageId, placed: { id: MessageId; seq: number }): void;
  /** Somebody blocked or unmatched: nothing of the two may be left. */
  ending(userIds: readonly [UserId, UserId]): void;
  couples(): readonly Couple[];
  coupleOf(userIds: readonly [UserId, UserId]): Couple | undefined;
  /** Everything that is not as it should be in somebody's memory, each in a sentence. */
  audit(userId: UserId, name: string, memory: Memory): string[];
}

/** A ledger in which nothing is confirmed yet. */
export function ledger(): Ledger {
  const couples = new Map<string, Couple>();
  const ended = new Set<string>();
  const attempts = new Map<ClientMessageId, { conversationId: ConversationId; senderId: UserId; text: string }>();
  const confirmed = new Map<ConversationId, Map<number, Sent>>();
  const keyOf = (userIds: readonly [UserId, UserId]) => userIds.toSorted().join(" ");

  return {
    matched: (couple) => void couples.set(keyOf(couple.userIds), couple),
    sending: (clientMessageId, message) => void attempts.set(clientMessageId, message),
    sent: (clientMessageId, { id, seq }) => {
      const attempt = attempts.get(clientMessageId);
      if (!attempt) throw new Error("A message was confirmed that nobody sent.");
      // One that waits for its verdict gets its place later.
      if (seq === 0) return;
      const { conversationId, senderId, text } = attempt;
      const known = confirmed.get(conversationId) ?? new Map<number, Sent>();
      confirmed.set(conversationId, known.set(seq, { id, senderId, text }));
    },
    ending: (userIds) => void ended.add(keyOf(userIds)),
    couples: () => [...couples.values()],
    coupleOf: (userIds) => couples.get(keyOf(userIds)),
    audit: (userId, name, memory) => {
      const problems: string[] = [];
      for (const couple of couples.values()) {
        if (!couple.userIds.includes(userId)) continue;
        const { matchId, conversationId } = couple;
        if (conversationId === null) problems.push(`${name} has a match without a conversation (${matchId}).`);
        else if (ended.has(keyOf(couple.userIds))) {
          if (memory.matches().has(matchId)) problems.push(`${name} still has the match ${matchId}, which has ended.`);
        } else if (memory.matches().get(matchId) !== conversationId) problems.push(`${name} lacks the match ${matchId}.`);
        else problems.push(...auditTalk(name, conversationId, confirmed.get(conversationId) ?? new Map(), memory, [...attempts.values()]));
      }
      return problems;
    },
  };
}

function auditTalk(
  name: string,
  conversationId: ConversationId,
  expected: ReadonlyMap<number, Sent>,
  memory: Memory,
  attempts: readonly { conversationId: ConversationId; senderId: UserId; text: string }[],
): string[] {
  const found = memory.messages().get(conversationId) ?? new Map();
  const problems: string[] = [];
  for (const [seq, { id, senderId, text }] of expected) {
    const message = found.get(seq);
    if (!message) problems.push(`${name} lacks message ${seq} of ${conversationId}.`);
    else if (message.id !== id || message.senderId !== senderId || message.text !== text)
      problems.push(`${name} has another message ${seq} in ${conversationId}.`);
  }
  for (let seq = 1; seq <= found.size; seq++) if (!found.has(seq)) problems.push(`${name} has a gap at ${seq} in ${conversationId}.`);
  // One whose answer was lost may be there as well, but none that nobody sent.
  for (const [seq, { senderId, text }] of found) {
    const known =
      expected.has(seq) ||
      attempts.some((attempt) => attempt.conversationId === conversationId && attempt.senderId === senderId && attempt.text === text);
    if (!known) problems.push(`${name} has a message ${seq} in ${conversationId} that nobody sent.`);
  }
  return problems;
}
