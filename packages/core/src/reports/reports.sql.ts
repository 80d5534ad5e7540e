import type { MediaId, MessageId, ReportId, UserId } from "@pendo/contract/ids";
import type { ReportReason } from "@pendo/contract/report";
import type { Queryable } from "../ports/db/db.ts";
import { hasMet } from "../rules/hasMet.ts";

/** How many messages before and after a reported one are kept with it. */
const CONTEXT_MESSAGES = 5;

export interface ReportRow {
  readonly id: ReportId;
  readonly userId: UserId;
  readonly reason: ReportReason;
  readonly note: string;
  readonly messageId: MessageId | null;
  readonly mediaId: MediaId | null;
  readonly state: "open" | "actioned" | "dismissed";
  readonly createdAt: Date;
  readonly dueAt: Date;
  readonly decidedAt: Date | null;
}

/** One's own report; null for those of others. */
export async function ownReport(sql: Queryable, reporterId: UserId, id: ReportId): Promise<ReportRow | null> {
  const rows = await sql<ReportRow[]>`
    select id, reported_id as user_id, reason, note, subject->>'messageId' as message_id, subject->>'mediaId' as media_id, state, created_at, due_at,
      decided_at
    from reports where id = ${id} and reporter_id = ${reporterId}`;
  return rows[0] ?? null;
}

/** Keeps a report. `dueAt` is the time by which it should be decided. */
export async function insertReport(sql: Queryable, report: ReportRow & { readonly reporterId: UserId }): Promise<void> {
  await sql`
    insert into reports (id, reporter_id, reported_id, reason, note, subject, created_at, due_at)
    values (
      ${report.id}, ${report.reporterId}, ${report.userId}, ${report.reason}, ${report.note},
      ${sql.json({ messageId: report.messageId, mediaId: report.mediaId })}, ${report.createdAt}, ${report.dueAt}
    )`;
}

export interface Witness {
  readonly reporterId: UserId;
  readonly userId: UserId;
}

/** Whether the reporter was shown the user before: the two met, the user was a daily pick, or a block between them says so. */
export async function wasShown(sql: Queryable, { reporterId, userId }: Witness): Promise<boolean> {
  const rows = await sql`
    select 1 from users where id = ${userId} and (
      ${hasMet(sql, reporterId, userId)}
      or exists (select from daily_picks where user_id = ${reporterId} and pick_id = ${userId})
      or exists (select from blocks where blocker_id = ${reporterId} and blocked_id = ${userId} and blocker_saw)
      or exists (select from blocks where blocker_id = ${userId} and blocked_id = ${reporterId} and blocked_saw)
    )`;
  return rows.length > 0;
}

/** Whether the reported person sent this message to the reporter. */
export async function sentToReporter(sql: Queryable, messageId: MessageId, { reporterId, userId }: Witness): Promise<boolean> {
  const rows = await sql`
    select 1 from messages m join members r on r.conversation_id = m.conversation_id and r.user_id = ${reporterId}
    where m.id = ${messageId} and m.sender_id = ${userId}`;
  return rows.count > 0;
}

/** Whether the reporter can see this picture: in the reported person's profile, or in a conversation with them. */
export async function shownToReporter(sql: Queryable, mediaId: MediaId, { reporterId, userId }: Witness): Promise<boolean> {
  const rows = await sql`
    select 1 from media where id = ${mediaId} and user_id = ${userId} and state = 'visible' and (kind = 'photo' or exists (
      select from messages m join members r on r.conversation_id = m.conversation_id and r.user_id = ${reporterId} where m.media_id = ${mediaId}
    ))`;
  return rows.count > 0;
}

export interface Freeze extends Witness {
  readonly reportId: ReportId;
  readonly messageId: MessageId | null;
  readonly mediaId: MediaId | null;
  readonly retainUntil: Date;
}

/** Copies what was reported, and what stands around it, as it is now. Pictures are named: their files stay as long as this row. */
export async function freezeEvidence(sql: Queryable, { reportId, userId, messageId, mediaId, retainUntil }: Freeze): Promise<void> {
  await sql`
    with reported as (select conversation_id, seq, media_id from messages where id = ${messageId}::uuid)
    insert into evidence (report_id, content, retain_until) select ${reportId}, json_build_object(
      'profile', (
        select json_build_object(
          'name', name, 'birthDate', birth_date, 'gender', gender, 'bio', bio, 'interests', interests, 'job', job, 'school', school,
          'prompts', (
            select coalesce(json_agg(json_build_object('question', question, 'answer', answer) order by position), '[]')
            from prompts where user_id = p.user_id
          )
        ) from profiles p where user_id = ${userId}
      ),
      'messages', (
        select coalesce(json_agg(json_build_object(
          'id', m.id, 'seq', m.seq, 'senderId', m.sender_id, 'kind', m.kind, 'text', m.text, 'mediaId', m.media_id, 'state', m.state,
          'sentAt', m.created_at, 'editedAt', m.edited_at, 'deletedAt', m.deleted_at, 'reported', m.seq = reported.seq
        ) order by m.seq), '[]')
        from messages m join reported using (conversation_id)
        where m.seq between reported.seq - ${CONTEXT_MESSAGES}::int and reported.seq + ${CONTEXT_MESSAGES}::int
      ),
      'media', (
        select coalesce(json_agg(json_build_object(
          'id', id, 'version', version, 'kind', kind, 'phash', phash, 'reported', id is not distinct from ${mediaId}::uuid
        ) order by position), '[]')
        from media where user_id = ${userId} and state = 'visible' and (
          position is not null or id is not distinct from ${mediaId}::uuid or id in (select media_id from reported)
        )
      )
    ), ${retainUntil}`;
}
