import type { ConversationId, MessageId, SessionId, UserId } from "@pendo/contract/ids";
import type { MessageKind } from "@pendo/contract/message";
import type { Queryable } from "../ports/db/db.ts";
import { notBlocked } from "../rules/notBlocked.ts";
import type { RevokeReason } from "../rules/revoked.ts";
import type { Holder } from "./tickets.ts";

/** Whether a socket of this session may open: it was not revoked, and its user may use Pendo. */
export async function mayConnect(sql: Queryable, { userId, sessionId }: Holder): Promise<boolean> {
  const rows = await sql`
    select 1 from sessions s join users u on u.id = s.user_id
    where s.id = ${sessionId} and s.user_id = ${userId} and s.revoked_at is null and u.status not in ('suspended', 'deleted')`;
  return rows.length > 0;
}

/** Whom the user is matched with now, newest activity first, nobody blocked; of these only, where some are named. */
export async function matchedWith(
  sql: Queryable,
  { userId, among, limit }: { userId: UserId; among?: readonly UserId[]; limit: number },
): Promise<UserId[]> {
  const rows = await sql<{ otherId: UserId }[]>`
    select m.other_id from members m join conversations c on c.id = m.conversation_id and c.ended_at is null
    where m.user_id = ${userId}
      ${among ? sql`and m.other_id = any(${among as UserId[]}::uuid[])` : sql``}
      and ${notBlocked(sql, sql`m.user_id`, sql`m.other_id`)}
    order by m.active_at desc
    limit ${limit}`;
  return rows.map((row) => row.otherId);
}

export interface LiveMember {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly otherId: UserId;
  readonly readSeq: number;
}

/** The members of those of these conversations that have not ended, with nobody blocked. */
export async function liveMembers(sql: Queryable, conversationIds: readonly ConversationId[]): Promise<LiveMember[]> {
  return await sql<LiveMember[]>`
    select m.conversation_id, m.user_id, m.other_id, m.read_seq
    from members m join conversations c on c.id = m.conversation_id and c.ended_at is null
    where c.id = any(${conversationIds as ConversationId[]}::uuid[])
      and ${notBlocked(sql, sql`m.user_id`, sql`m.other_id`)}`;
}

export interface MessageNow {
  readonly id: MessageId;
  readonly conversationId: ConversationId;
  readonly seq: number;
  readonly senderId: UserId;
  readonly kind: MessageKind;
  readonly state: "visible" | "hidden";
  readonly text: string | null;
  readonly createdAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
  readonly reactions: { readonly userId: UserId; readonly emoji: string }[];
}

/**
 * Messages as they are now, deleted ones included, with all reactions in the order of their times. The order of the
 * messages is not defined.
 */
export async function messagesNow(sql: Queryable, ids: readonly MessageId[]): Promise<MessageNow[]> {
  return await sql<MessageNow[]>`
    select id, conversation_id, seq, sender_id, kind, state, text, created_at, edited_at, deleted_at, (
      select coalesce(json_agg(json_build_object('userId', user_id, 'emoji', emoji) order by created_at, emoji), '[]')
      from reactions where message_id = messages.id
    ) as reactions
    from messages where id = any(${ids as MessageId[]}::uuid[])`;
}

export interface RevokedRow {
  readonly id: SessionId;
  readonly revokeReason: RevokeReason;
}

/** Why sessions were ended; those that were not are left out. */
export async function revokeReasons(sql: Queryable, ids: readonly SessionId[]): Promise<RevokedRow[]> {
  return await sql<RevokedRow[]>`
    select id, revoke_reason from sessions
    where id = any(${ids as SessionId[]}::uuid[]) and revoke_reason in ('logout', 'revoked', 'reuse', 'suspended')`;
}
