import type { EventData } from "@pendo/contract/events";
import type { EventId, NotificationId, UserId } from "@pendo/contract/ids";
import { firstTime } from "../ports/bus/inbox.ts";
import type { Tx } from "../ports/db/db.ts";
import type { Uses } from "../ports/ports.ts";
import { onlineAmong } from "../realtime/presence.ts";
import { append } from "../log/log.sql.ts";
import { noteLike } from "./noteLike.sql.ts";
import * as sql from "./notices.sql.ts";
import { type Claimed, send, settle } from "./push.ts";
import { candidate } from "./pushes.sql.ts";
import { messageKey } from "./subjects.ts";

type Fact = { readonly factId: EventId };

/** Notes that somebody likes the user. Who it is stays out of it. */
export async function liked(
  ports: Uses<"db" | "bus" | "cache" | "push">,
  { factId, likerId, likedId }: Fact & EventData<"like.received">,
): Promise<void> {
  const notice = { userId: likedId, kind: "like", collapseKey: "like", refs: {} } as const;
  await note(ports, factId, [notice], (tx, one, at) => noteLike(tx, one, { likerId, at }));
}

/** Notes a match for both. */
export async function matched(
  ports: Uses<"db" | "bus" | "cache" | "push">,
  { factId, matchId, conversationId, userIds: [a, b] }: Fact & EventData<"match.created">,
): Promise<void> {
  const noticeFor = (userId: UserId, otherId: UserId) =>
    ({ userId, kind: "match", collapseKey: `match:${matchId}`, refs: { userId: otherId, matchId, conversationId } }) as const;
  await note(ports, factId, [noticeFor(a, b), noticeFor(b, a)], (tx, one, at) =>
    sql.noteMatch(tx, one, { otherId: one.userId === a ? b : a, at }),
  );
}

/** Notes a message for its recipient: the second of a conversation refreshes what the first left unread. */
export async function messaged(ports: Uses<"db" | "bus" | "cache" | "push">, fact: Fact & EventData<"message.created">): Promise<void> {
  const { factId, conversationId, messageId, seq, senderId, recipientId } = fact;
  const refs = { userId: senderId, conversationId, messageId, seq };
  const notice = { userId: recipientId, kind: "message", collapseKey: messageKey(conversationId), refs } as const;
  await note(ports, factId, [notice], (tx, one, at) => sql.noteMessage(tx, one, { senderId, at }));
}

/** Notes a decision that restricts something, for whom it restricts. Each has a notification of its own, which says neither what nor why. */
export async function decided(
  ports: Uses<"db" | "bus" | "cache" | "push">,
  { factId, userId, decisionId }: Fact & EventData<"moderation.decided">,
): Promise<void> {
  const notice = { userId, kind: "moderation", collapseKey: `moderation:${decisionId}`, refs: { decisionId } } as const;
  await note(ports, factId, [notice], sql.noteDecision);
}

/** Notes that a boost is over, with how many saw it; who they are is not kept. */
export async function boostEnded(
  ports: Uses<"db" | "bus" | "cache" | "push">,
  { factId, userId, boostId }: Fact & EventData<"boost.ended">,
): Promise<void> {
  const notice = { userId, kind: "boost", collapseKey: `boost:${boostId}`, refs: { boostId } } as const;
  await note(ports, factId, [notice], (tx, one, at) => sql.noteBoost(tx, { ...one, refs: { boostId } }, at));
}

/** Notes that the day's picks are there. Who they are stays out of it; yesterday's that nobody read is refreshed. */
export async function picked(
  ports: Uses<"db" | "bus" | "cache" | "push">,
  { factId, userId }: Fact & EventData<"picks.made">,
): Promise<void> {
  await note(ports, factId, [{ userId, kind: "picks", collapseKey: "picks", refs: {} }], sql.notePicks);
}

/** A conversation was read: so is what notifies of it, and a push that waits for its time never comes. */
export async function conversationRead(
  { db, clock }: Uses<"db">,
  { factId, conversationId, readerId, readSeq }: Fact & EventData<"conversation.read">,
): Promise<void> {
  const at = clock.now();
  const subject = { userId: readerId, collapseKey: messageKey(conversationId) };
  await db.begin(async (tx) => {
    if (!(await firstTime(tx, "push", factId, at))) return;
    await sql.lockSubject(tx, subject);
    const id = await sql.readConversation(tx, { ...subject, conversationId, readSeq, at });
    if (id) await append(tx, [{ userId: readerId, kind: "notification", ref: id }], at);
  });
}

type NewNotice = Omit<sql.Notice, "id">;
type Note = (tx: Tx, notice: sql.Notice, at: Date) => Promise<NotificationId | undefined>;

async function note(
  ports: Uses<"db" | "bus" | "cache" | "push">,
  factId: EventId,
  notices: readonly NewNotice[],
  write: Note,
): Promise<void> {
  const { db, bus, clock, ids } = ports;
  const at = clock.now();
  // Always in this order, so that two facts about the same people don't wait for each other.
  const sorted = notices.toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
  const online = await onlineAmong(
    ports,
    sorted.map(({ userId }) => userId),
  );
  const claimed = await db.begin(async (tx): Promise<Claimed[]> => {
    if (!(await firstTime(tx, "push", factId, at))) return [];
    const candidates = [];
    const entries = [];
    for (const notice of sorted) {
      await sql.lockSubject(tx, notice);
      const id = await write(tx, { ...notice, id: ids.next<NotificationId>() }, at);
      const noted = id && (await candidate(tx, id, at));
      if (!noted) continue;
      candidates.push(noted);
      entries.push({ userId: notice.userId, kind: "notification" as const, ref: id });
    }
    if (candidates.length === 0) return [];
    const toSend = await settle({ tx, bus }, candidates, { at, online });
    await append(tx, entries, at);
    return toSend;
  });
  await send(ports, claimed);
}
