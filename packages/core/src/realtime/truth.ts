import type { Envelope, EventsTo } from "@pendo/contract/events";
import type { ConversationId, MessageId, UserId } from "@pendo/contract/ids";
import type { FrameOut } from "@pendo/contract/sockets";
import { maySee } from "../messages/shown.ts";
import type { UserHead } from "../sync/sync.sql.ts";
import type { LiveMember, MessageNow } from "./realtime.sql.ts";

/** What the database says while a batch of facts is told. */
export interface Truth {
  /** By `conversation:user`; of conversations that have neither ended nor anybody blocked. */
  readonly members: ReadonlyMap<string, LiveMember>;
  readonly messages: ReadonlyMap<MessageId, MessageNow>;
  readonly heads: ReadonlyMap<UserId, UserHead>;
}

type RealtimeFact = Envelope<EventsTo<"realtime">>;
type MessageFact = Extract<RealtimeFact, { type: "message.created" | "message.updated" | "message.deleted" | "reaction.changed" }>;

/** The frame that tells one user of a fact, "nudge" for one that says no more than that there is something to sync; none where it is not theirs to know any more. */
export function frameFor(fact: RealtimeFact, userId: UserId, truth: Truth): FrameOut | "nudge" | undefined {
  switch (fact.type) {
    case "message.created":
    case "message.updated":
    case "message.deleted":
    case "reaction.changed":
      return messageFrame(fact, userId, truth);
    case "conversation.read": {
      const { conversationId, readerId } = fact.data;
      const reader = live(truth, conversationId, userId) && live(truth, conversationId, readerId);
      return reader && { type: "receipt.read", data: { conversationId, userId: readerId, readSeq: reader.readSeq } };
    }
    case "match.created": {
      const { matchId, conversationId } = fact.data;
      const member = live(truth, conversationId, userId);
      return member && { type: "match.created", data: { matchId, conversationId, userId: member.otherId } };
    }
    case "match.ended":
      return { type: "match.ended", data: { matchId: fact.data.matchId, conversationId: fact.data.conversationId } };
    case "like.received":
      return { type: "like.received", data: { likesCount: truth.heads.get(userId)?.likes ?? 0 } };
    case "media.moderated":
      return { type: "media.moderated", data: { mediaId: fact.data.mediaId, verdict: fact.data.verdict } };
    case "moderation.decided":
      return { type: "moderation.decided", data: { decisionId: fact.data.decisionId } };
    case "message.held":
      // For the sender's other devices.
      return "nudge";
    case "user.blocked":
      // For the other devices of the blocker; what ended, the end of the match says.
      return "nudge";
    case "session.revoked":
      return undefined;
  }
}

function messageFrame(fact: MessageFact, userId: UserId, truth: Truth): FrameOut | "nudge" | undefined {
  const message = truth.messages.get(fact.data.messageId);
  if (!message || !live(truth, message.conversationId, userId)) return undefined;
  const { conversationId, id: messageId, seq } = message;
  const ref = { conversationId, messageId, seq };
  if (message.deletedAt) return { type: "message.deleted", data: ref };
  const text = maySee(message, userId) ? message.text : null;
  switch (fact.type) {
    case "message.created":
      // Hidden already: the other is told that there is something, and what it is when syncing.
      if (!maySee(message, userId)) return "nudge";
      return {
        type: "message.created",
        data: { ...ref, senderId: message.senderId, kind: message.kind, text, sentAt: message.createdAt.toISOString() },
      };
    case "message.updated":
      return { type: "message.updated", data: { ...ref, text, editedAt: message.editedAt?.toISOString() ?? null } };
    case "message.deleted":
      return { type: "message.deleted", data: ref };
    case "reaction.changed": {
      const { reactorId } = fact.data;
      const emojis = message.reactions.filter((reaction) => reaction.userId === reactorId).map((reaction) => reaction.emoji);
      return { type: "reaction.changed", data: { ...ref, userId: reactorId, emojis } };
    }
  }
}

function live({ members }: Truth, conversationId: ConversationId, userId: UserId): LiveMember | undefined {
  return members.get(`${conversationId}:${userId}`);
}
