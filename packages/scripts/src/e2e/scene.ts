import type { ConversationId, MatchId, MediaId, MessageId, NotificationId, ReportId, SessionId, UserId } from "@pendo/contract/ids";
import { start } from "@pendo/core/conversations/start.sql";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import type { RunningHost, Planted } from "./planted.ts";

/** How somebody, and what is theirs, stands to the one who asks. */
export const relations = ["own", "matched", "stranger", "blocked", "blocker", "ended", "deleted", "unknown"] as const;
export type Relation = (typeof relations)[number];

/** One of each thing that a route may be asked about. */
export interface Things {
  readonly userId: UserId;
  readonly mediaId: MediaId;
  readonly sessionId: SessionId;
  readonly reportId: ReportId;
  readonly notificationId: NotificationId;
  readonly matchId: MatchId;
  readonly conversationId: ConversationId;
  /** Written by the one whose it is: by me where it is `own`, by the other where I am matched. */
  readonly messageId: MessageId;
}

export interface Scene {
  readonly me: Planted;
  readonly things: Readonly<Record<Relation, Things>>;
}

/** How many people a scene takes. */
export const SCENE_PEOPLE = 8;

/**
 * Somebody with a match, a stranger (who is matched with somebody else), one whom they blocked, one who blocked them, an ended match and one who deleted
 * their account. `own` is in the conversation with the match.
 */
export async function setScene(place: RunningHost, people: readonly Planted[]): Promise<Scene> {
  const [me, matched, stranger, blocked, blocker, ended, deleted, other] = people as [
    Planted,
    Planted,
    Planted,
    Planted,
    Planted,
    Planted,
    Planted,
    Planted,
  ];
  // Whoever is a stranger could still be met.
  await place.db`update preferences set genders = '{woman,man,nonbinary}' where user_id in (${me.userId}, ${stranger.userId})`;
  const meets = await Promise.all([
    meet(place, me, matched),
    meet(place, other, stranger),
    meet(place, me, blocked),
    meet(place, me, blocker),
    meet(place, me, ended),
    meet(place, me, deleted),
  ]);
  const mine = await say(me, meets[0].conversationId);
  await Promise.all([
    me.client.blocks.create({ userId: blocked.userId }),
    blocker.client.blocks.create({ userId: me.userId }),
    me.client.matches.end({ matchId: meets[4].matchId }),
    place.db`update users set status = 'deleted', deleted_at = ${place.clock.now()} where id = ${deleted.userId}`,
    me.client.matches.end({ matchId: meets[5].matchId }),
  ]);
  const of = async (person: Planted, met: Met, messageId = met.messageId): Promise<Things> => ({
    userId: person.userId,
    ...met,
    messageId,
    ...(await belongings(place, person)),
  });
  const theirs = await Promise.all([
    of(me, meets[0], mine),
    of(matched, meets[0]),
    of(stranger, meets[1]),
    of(blocked, meets[2]),
    of(blocker, meets[3]),
    of(ended, meets[4]),
    of(deleted, meets[5]),
  ]);
  return {
    me,
    things: {
      ...{ own: theirs[0], matched: theirs[1], stranger: theirs[2], blocked: theirs[3] },
      ...{ blocker: theirs[4], ended: theirs[5], deleted: theirs[6] },
      unknown: {
        ...{ userId: ids.next(), mediaId: ids.next(), sessionId: ids.next(), reportId: ids.next() },
        ...{ notificationId: ids.next(), matchId: ids.next(), conversationId: ids.next(), messageId: ids.next() },
      },
    },
  };
}

type Met = Pick<Things, "matchId" | "conversationId" | "messageId">;

/** Two people match, and the second writes to the first. */
async function meet({ db, clock }: RunningHost, first: Planted, second: Planted): Promise<Met> {
  const at = clock.now();
  const [lo, hi] = first.userId < second.userId ? [first.userId, second.userId] : [second.userId, first.userId];
  const [matchId, conversationId] = [ids.next<MatchId>(), ids.next<ConversationId>()];
  await db.begin(async (tx) => {
    await tx`insert into swipe_pairs (lo, hi, lo_action, hi_action, lo_at, hi_at) values (${lo}, ${hi}, 'like', 'like', ${at}, ${at})`;
    await tx`insert into matches (id, lo, hi, created_at) values (${matchId}, ${lo}, ${hi}, ${at})`;
    await start(tx, { conversationId, matchId, userIds: [lo, hi], at });
  });
  return { matchId, conversationId, messageId: await say(second, conversationId) };
}

async function say({ client }: Planted, conversationId: ConversationId): Promise<MessageId> {
  return (await client.messages.send({ conversationId, messageId: ids.next(), text: "Hello" })).id;
}

/** What somebody has besides: a photo, a second session, a report they made, a notification. */
async function belongings(
  { db, clock }: RunningHost,
  { userId }: Planted,
): Promise<Pick<Things, "mediaId" | "sessionId" | "reportId" | "notificationId">> {
  const at = clock.now();
  const [sessionId, reportId, notificationId] = [ids.next<SessionId>(), ids.next<ReportId>(), ids.next<NotificationId>()];
  const [photo] = await db<[{ id: MediaId }]>`select id from media where user_id = ${userId}`;
  await db`insert into sessions (id, user_id, created_at, last_used_at) values (${sessionId}, ${userId}, ${at}, ${at})`;
  await db`
    insert into reports (id, reporter_id, reported_id, reason, subject, created_at, due_at)
    select ${reportId}, ${userId}, id, 'spam', '{}', ${at}, ${at} from users where id <> ${userId} limit 1`;
  await db`
    insert into notifications (id, user_id, kind, collapse_key, refs, created_at, updated_at)
    values (${notificationId}, ${userId}, 'like', 'scene', '{}', ${at}, ${at})`;
  return { mediaId: photo.id, sessionId, reportId, notificationId };
}
