import type { ConversationId, UserId } from "@pendo/contract/ids";
import { requireLive } from "../rules/live.ts";
import type { Uses } from "../ports/ports.ts";
import { sendToUser, written } from "./frames.ts";
import { leaveAll } from "./presence.ts";

/**
 * Shows the other that this user is typing, or no longer is. Nothing of it is kept.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 */
export async function setTyping(
  ports: Uses<"db" | "bus" | "cache" | "connections" | "sockets">,
  { userId, conversationId, typing }: { userId: UserId; conversationId: ConversationId; typing: boolean },
): Promise<void> {
  const otherId = await requireLive(ports.db, { conversationId, userId });
  const lost = await sendToUser(ports, otherId, [written({ type: "typing", data: { conversationId, userId, typing } })]);
  await leaveAll(ports, lost);
}
