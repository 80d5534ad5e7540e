import { REACTIONS_MAX } from "@pendo/contract/message";
import { Fault } from "../fault.ts";
import type { Uses } from "../ports/ports.ts";
import { appendForBoth, locate, type Pointer } from "./locate.ts";
import * as sql from "./messages.sql.ts";
import { maySee } from "./shown.ts";

/**
 * Puts an emoji on a message of either; a second time changes nothing.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 * @throws {Fault} `message.notFound`: the conversation has no such message that the user may see
 * @throws {Fault} `reaction.tooMany`: the user has put as many emojis on it as one may
 */
export async function add(
  { db, bus, clock }: Uses<"db" | "bus">,
  { emoji, ...pointer }: Pointer & { readonly emoji: string },
): Promise<void> {
  const at = clock.now();
  await db.begin(async (tx) => {
    const { message, fact } = await locate(tx, pointer);
    if (!maySee(message, pointer.userId)) throw new Fault("message.notFound");
    const { messageId, userId } = pointer;
    const outcome = await sql.addReaction(tx, { messageId, userId, emoji, max: REACTIONS_MAX, at });
    if (outcome === "full") throw new Fault("reaction.tooMany");
    if (outcome === "there") return;
    await appendForBoth(tx, fact, at);
    await bus.emit(tx, "reaction.changed", { ...fact, reactorId: userId }, { actor: userId });
  });
}

/**
 * Takes one's emoji off a message; where it was not on it, nothing changes.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 * @throws {Fault} `message.notFound`: the conversation has no such message
 */
export async function remove(
  { db, bus, clock }: Uses<"db" | "bus">,
  { emoji, ...pointer }: Pointer & { readonly emoji: string },
): Promise<void> {
  await db.begin(async (tx) => {
    const { fact } = await locate(tx, pointer);
    const { messageId, userId } = pointer;
    if (!(await sql.removeReaction(tx, { messageId, userId, emoji }))) return;
    await appendForBoth(tx, fact, clock.now());
    await bus.emit(tx, "reaction.changed", { ...fact, reactorId: userId }, { actor: userId });
  });
}
