import type { Conversation } from "@pendo/contract/conversation";
import type { ConversationId, MessageId, UserId } from "@pendo/contract/ids";
import type { Photo } from "@pendo/contract/profile";
import { TimeKey } from "../cursor.ts";
import { Fault } from "../fault.ts";
import { type ItemSteps, type Page, type PageWanted, readItems, readPage } from "../list.ts";
import { append } from "../log/log.sql.ts";
import { signedPhoto } from "../rules/photos.ts";
import type { Ports, Uses } from "../ports/ports.ts";
import type { Member } from "../rules/live.sql.ts";
import { select, setMuted, writeMark, type ConversationRow, type ConversationsWanted } from "./conversations.sql.ts";
import { lockLive, requireLive } from "../rules/live.ts";

/** A page of a user's conversations, newest activity first: neither ended ones nor those with somebody blocked, either way. */
export async function list(
  ports: Uses<"db" | "storage">,
  { userId, ...page }: PageWanted & { readonly userId: UserId },
): Promise<Page<Conversation>> {
  return await readPage(page, TimeKey, {
    skeleton: (after, limit) => select(ports.db, { userId, after, limit }),
    keyOf: ({ activeAt, id }) => [activeAt.toISOString(), id],
    ...photoSteps(ports),
  });
}

/**
 * One conversation of the user, as the list has it.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 */
export async function get(ports: Uses<"db" | "storage">, member: Member): Promise<Conversation> {
  const [conversation] = await load(ports, { userId: member.userId, ids: [member.conversationId], limit: 1 });
  if (conversation) return conversation;
  await requireLive(ports.db, member);
  throw new Fault("conversation.notFound");
}

/** Several conversations at once; those that ended or that are not the user's are left out. */
export async function load(ports: Pick<Ports, "db" | "storage">, wanted: ConversationsWanted): Promise<Conversation[]> {
  return await readItems(await select(ports.db, wanted), photoSteps(ports));
}

/**
 * Marks everything up to a message as read, and tells the other. It never moves back.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 * @throws {Fault} `message.notFound`: the conversation has no such message, or it has no place yet: the mark may be of a future that a
 *   restored backup does not have
 */
export async function markRead(
  { db, bus, clock }: Uses<"db" | "bus">,
  mark: Member & { readonly messageId: MessageId },
): Promise<{ readSeq: number; unreadCount: number }> {
  return db.begin(async (tx) => {
    const otherId = await lockLive(tx, mark);
    const marked = await writeMark(tx, { ...mark, at: clock.now() });
    if (!marked) throw new Fault("message.notFound");
    const { moved, readSeq, unreadCount } = marked;
    if (moved) {
      const { conversationId, userId } = mark;
      await bus.emit(tx, "conversation.read", { conversationId, readerId: userId, otherId, readSeq }, { actor: userId });
    }
    return { readSeq, unreadCount };
  });
}

/**
 * Holds pushes about the conversation back until then; null, or a time that has passed, ends that.
 * @throws {Fault} `conversation.notFound`: the user is no member
 * @throws {Fault} `conversation.ended`: by an unmatch or a block, either way
 */
export async function mute(
  { db, clock }: Uses<"db">,
  { expiresAt, ...member }: Member & { readonly expiresAt: string | null },
): Promise<{ muteExpiresAt: string | null }> {
  const wanted = expiresAt === null ? null : new Date(expiresAt);
  const mutedUntil = wanted && wanted > clock.now() ? wanted : null;
  await db.begin(async (tx) => {
    await requireLive(tx, member);
    await setMuted(tx, { ...member, until: mutedUntil });
    await append(tx, [{ userId: member.userId, kind: "conversation", ref: member.conversationId }], clock.now());
  });
  return { muteExpiresAt: mutedUntil?.toISOString() ?? null };
}

/** A conversation with the signed photo of the other user. The SQL holds the rules. */
function photoSteps({ storage }: Pick<Ports, "storage">): ItemSteps<ConversationRow, Map<ConversationId, Photo>, Conversation> {
  return {
    hydrate: async (rows) => {
      const signed = rows.map(async ({ id, photo }) => photo && ([id, await signedPhoto({ storage }, photo)] as const));
      return new Map((await Promise.all(signed)).filter((one) => one !== null));
    },
    rules: () => true,
    present: ({ otherId, name, photo: _unsigned, lastMessage, mutedUntil, createdAt, activeAt, ...rest }, photos) => ({
      ...rest,
      user: { id: otherId, name, photo: photos.get(rest.id) ?? null },
      // JSON made by the database writes times in its own way.
      lastMessage: lastMessage && { ...lastMessage, sentAt: new Date(lastMessage.sentAt).toISOString() },
      muteExpiresAt: mutedUntil?.toISOString() ?? null,
      createdAt: createdAt.toISOString(),
      activeAt: activeAt.toISOString(),
    }),
  };
}
