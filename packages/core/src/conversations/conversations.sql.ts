import type { ConversationId, MatchId, MessageId, UserId } from "@pendo/contract/ids";
import type { MessageKind } from "@pendo/contract/message";
import { logging } from "../log/log.sql.ts";
import type { PhotoRow } from "../rules/pictureKeys.ts";
import type { Queryable, Tx } from "../ports/db/db.ts";
import { acceptedName } from "../rules/acceptedName.ts";
import type { Member } from "../rules/live.sql.ts";
import { notBlocked } from "../rules/notBlocked.ts";
import { isShownPhoto, photoJson } from "../rules/visible.ts";

export interface ConversationRow {
  readonly id: ConversationId;
  readonly matchId: MatchId;
  readonly lastSeq: number;
  readonly createdAt: Date;
  readonly otherId: UserId;
  readonly readSeq: number;
  readonly otherReadSeq: number;
  readonly unreadCount: number;
  readonly mutedUntil: Date | null;
  readonly activeAt: Date;
  readonly name: string;
  readonly photo: PhotoRow | null;
  readonly lastMessage: LastMessageRow | null;
}

export interface LastMessageRow {
  readonly id: MessageId;
  readonly seq: number;
  readonly senderId: UserId;
  readonly kind: MessageKind;
  readonly state: "visible" | "hidden" | "deleted";
  readonly text: string | null;
  readonly sentAt: string;
}

export interface ConversationsWanted {
  readonly userId: UserId;
  /** Only these, and those with `otherIds`. */
  readonly ids?: readonly ConversationId[];
  readonly otherIds?: readonly UserId[];
  /** Only what comes after this place in the list. */
  readonly after?: readonly [Date, string] | null;
  readonly limit: number;
}

/** A user's conversations that are neither ended nor blocked, newest activity first, each with all that its row in a list shows. */
export async function select(
  sql: Queryable,
  { userId, ids, otherIds = [], after, limit }: ConversationsWanted,
): Promise<ConversationRow[]> {
  return await sql<ConversationRow[]>`
    select
      c.id, c.match_id, c.last_seq, c.created_at,
      m.other_id, m.read_seq, o.read_seq as other_read_seq, m.unread_count, m.muted_until, m.active_at,
      coalesce(${acceptedName(sql, "p")}, '') as name,
      photo.row as photo, last.row as last_message
    from members m
    join conversations c on c.id = m.conversation_id
    join members o on o.conversation_id = m.conversation_id and o.user_id = m.other_id
    left join profiles p on p.user_id = m.other_id
    left join lateral (
      select ${photoJson(sql)} as row from media where user_id = m.other_id and ${isShownPhoto(sql)}
      order by position limit 1
    ) photo on true
    left join lateral (
      select json_build_object(
        'id', id, 'seq', seq, 'senderId', sender_id, 'kind', kind,
        'state', case when deleted_at is not null then 'deleted' else state end,
        'text', case when deleted_at is null and (state = 'visible' or sender_id = m.user_id) then text end,
        'sentAt', created_at
      ) as row
      from messages where conversation_id = c.id order by seq desc limit 1
    ) last on true
    where m.user_id = ${userId} and c.ended_at is null
      ${ids ? sql`and (c.id = any(${ids as ConversationId[]}::uuid[]) or m.other_id = any(${otherIds as UserId[]}::uuid[]))` : sql``}
      ${after ? sql`and (m.active_at, m.conversation_id) < (${after[0]}, ${after[1]}::uuid)` : sql``}
      and ${notBlocked(sql, sql`m.user_id`, sql`m.other_id`)}
    order by m.active_at desc, m.conversation_id desc
    limit ${limit}`;
}

export interface ReadMark {
  readonly readSeq: number;
  readonly unreadCount: number;
  /** False where it was read so far already: nothing changed. */
  readonly moved: boolean;
}

/**
 * Moves a member's read mark forward, with the unread counts of the conversation and of the user, and both logs; nothing where the conversation has
 * no such message. Only under the lock of the conversation, so that no message arrives between the counting and the writing.
 */
export async function writeMark(
  tx: Tx,
  { conversationId, userId, messageId, at }: Member & { messageId: MessageId; at: Date },
): Promise<ReadMark | undefined> {
  const [mark] = await tx<ReadMark[]>`
    with mine as (
      select m.*, messages.seq
      from members m join messages on messages.conversation_id = m.conversation_id and messages.id = ${messageId}
      where m.conversation_id = ${conversationId} and m.user_id = ${userId}
    ), moved as (
      select mine.*, (
        select count(*)::int from messages
        where conversation_id = ${conversationId} and messages.seq > mine.seq and sender_id <> ${userId} and deleted_at is null
          and state = 'visible'
      ) as unread
      from mine where mine.seq > mine.read_seq
    ), member as (
      update members m set read_seq = moved.seq, unread_count = moved.unread
      from moved where m.conversation_id = moved.conversation_id and m.user_id = moved.user_id
      returning m.user_id, m.other_id, moved.unread_count - moved.unread as seen
    ), entry as (
      select user_id, 'conversation' as kind, ${conversationId}::uuid as ref, 0 as place, 0 as likes, -seen as unread
      from (select user_id, seen from member union all select other_id, 0 from member) both_members
    ), ${logging(tx, at)}
    select
      coalesce(moved.seq, mine.read_seq) as read_seq, coalesce(moved.unread, mine.unread_count) as unread_count, moved.seq is not null as moved
    from mine left join moved on true`;
  return mark;
}

/** Mutes the conversation for one member until a time; null ends it. */
export async function setMuted(tx: Tx, { conversationId, userId, until }: Member & { until: Date | null }): Promise<void> {
  await tx`update members set muted_until = ${until} where conversation_id = ${conversationId} and user_id = ${userId}`;
}
