import type { ConversationId } from "@pendo/contract/ids";

/** The collapse key of what notifies of a conversation's messages. */
export function messageKey(conversationId: ConversationId): string {
  return `message:${conversationId}`;
}
