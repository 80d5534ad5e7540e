import type { ConversationId, MediaId, MessageId, UserId } from "@pendo/contract/ids";
import { beforeAll, expect, test } from "vitest";
import * as blocks from "./blocks/blocks.ts";
import { messageAt } from "./conversations/couple.fixture.ts";
import * as conversations from "./conversations/conversations.ts";
import { ofUsers } from "./devices/devices.sql.ts";
import { listRecommendations } from "./discovery/recommend.ts";
import * as likes from "./likes/likes.ts";
import * as matches from "./matches/matches.ts";
import * as media from "./media/media.ts";
import { releaseDue } from "./messages/held.ts";
import * as messages from "./messages/messages.ts";
import { judgeReport } from "./moderation/holds.ts";
import { release } from "./notifications/release.ts";
import * as notifications from "./notifications/notifications.ts";
import * as profiles from "./profiles/profiles.ts";
import * as reports from "./reports/reports.ts";
import * as sessions from "./sessions/sessions.ts";
import * as swipes from "./swipes/swipes.ts";
import { addCrowd } from "./swipes/people.fixture.ts";
import { sync } from "./sync/sync.ts";
import { testPorts } from "@pendo/local/testPorts";
import { testDb } from "@pendo/local/db/testDb";

// One connection, so that its counts of scans are those of the work it did.
const db = testDb({ max: 1, statementTimeoutMs: 120_000 });
const ports = testPorts(db);

const PEOPLE = 6_000;
const tables = [
  ...["users", "profiles", "preferences", "prompts", "media", "swipe_pairs", "likes_inbox", "quota_counters", "matches", "conversations"],
  ...[
    "members",
    "messages",
    "held_messages",
    "user_heads",
    "user_log",
    "blocks",
    "reports",
    "evidence",
    "sessions",
    "refresh_tokens",
    "devices",
    "notifications",
  ],
];

let me: UserId;
let other: UserId;
let conversationId: ConversationId;
let newest: MessageId;
let photo: MediaId;

/** Everybody has some of everything. */
beforeAll(async () => {
  const ids = await addCrowd(db, PEOPLE);
  await db`create temp table person as select id, n::int - 1 as n from unnest(${ids as string[]}::uuid[]) with ordinality as p (id, n)`;
  // Five for each, which makes ten people whom somebody is paired with.
  await db`
    create temp table pair as
    select a.id as a, b.id as b, gen_random_uuid() as match_id, gen_random_uuid() as conversation_id, now() - make_interval(secs => a.n + k) as at
    from person a cross join generate_series(1, 5) k join person b on b.n = (a.n + k * 7) % ${PEOPLE}`;
  await plantChats();
  await plantTheRest();
  await db`vacuum analyze`;
  [me, other] = [ids[1000], ids[4000]] as [UserId, UserId];
  const [mine] = await db<{ id: ConversationId }[]>`select conversation_id as id from members where user_id = ${me} limit 1`;
  const [own] = await db<{ id: MediaId }[]>`select id from media where user_id = ${me} and position = 1`;
  if (!mine || !own) throw new Error("nothing was planted");
  [conversationId, photo] = [mine.id, own.id];
  newest = await messageAt(ports, conversationId, 2);
});

async function plantChats(): Promise<void> {
  await db`insert into swipe_pairs select least(a, b), greatest(a, b), 'like', 'like', at, at from pair`;
  await db`insert into matches (id, lo, hi, created_at) select match_id, least(a, b), greatest(a, b), at from pair`;
  await db`insert into conversations (id, match_id, last_seq, created_at) select conversation_id, match_id, 2, at from pair`;
  await db`
    insert into members (conversation_id, user_id, other_id, active_at)
    select conversation_id, a, b, at from pair union all select conversation_id, b, a, at from pair`;
  await db`
    insert into messages (conversation_id, seq, id, sender_id, client_message_id, kind, text, body_hash, created_at)
    select conversation_id, seq, gen_random_uuid(), a, gen_random_uuid(), 'text', 'hello', '\\x00', at from pair, generate_series(1, 2) seq`;
  await db`
    insert into held_messages (id, conversation_id, sender_id, client_message_id, kind, text, body_hash, state, created_at)
    select gen_random_uuid(), conversation_id, a, gen_random_uuid(), 'text', 'hello', '\\x00', 'hidden', at from pair`;
  await db`insert into user_heads (user_id, rev) select id, 8 from person`;
  await db`
    insert into user_log (user_id, kind, ref, rev, logged_at)
    select id, 'notification', gen_random_uuid(), rev, now() from person, generate_series(1, 8) rev`;
}

async function plantTheRest(): Promise<void> {
  await db`insert into likes_inbox (liked_id, liker_id, action, liked_at) select b, a, 'like', at from pair`;
  await db`insert into blocks select a.id, b.id, now() from person a join person b on b.n = (a.n + 13) % ${PEOPLE}`;
  await db`
    insert into notifications (id, user_id, kind, collapse_key, refs, created_at, updated_at, push_due_at)
    select gen_random_uuid(), id, 'message', k, '{}', now(), now(), now() + interval '1 day' from person, generate_series(1, 4) k`;
  await db`insert into sessions (id, user_id, created_at, last_used_at) select gen_random_uuid(), id, now(), now() from person`;
  await db`insert into refresh_tokens select sha256(id::text::bytea), id, now(), now() + interval '1 day' from sessions`;
  await db`
    insert into media (id, user_id, kind, state, position, content_type, upload_key, width, height, created_at)
    select gen_random_uuid(), id, 'photo', 'visible', k, 'image/webp', gen_random_uuid(), 10, 10, now() from person, generate_series(0, 2) k`;
  await db`
    insert into reports (id, reporter_id, reported_id, reason, subject, created_at, due_at)
    select gen_random_uuid(), a, b, 'spam', '{}', at, at from pair`;
  await db`
    insert into evidence
    select r.id, json_build_object('media', json_build_array(json_build_object('id', m.id))), now() + interval '1 day'
    from reports r join media m on m.user_id = r.reported_id and m.position = 0`;
  await db`insert into devices select user_id, 'device', 'web', user_id, now(), id from sessions`;
  await db`insert into prompts select gen_random_uuid(), id, k, 'question', 'answer' from person, generate_series(0, 1) k`;
  await db`insert into quota_counters select id, 'like', now() - interval '1 day', 1, 50 from person`;
}

async function scans(): Promise<Record<string, number>> {
  await db`select pg_stat_force_next_flush()`;
  const rows = await db<{ relname: string; seqScan: number }[]>`
    select relname, seq_scan::int from pg_stat_user_tables where relname = any(${tables}) order by 1`;
  return Object.fromEntries(rows.map((row) => [row.relname, row.seqScan]));
}

const page = { limit: 25 };
const work: Record<string, () => Promise<unknown>> = {
  "the list of conversations": () => conversations.list(ports, { userId: me, ...page }),
  "one conversation": () => conversations.get(ports, { userId: me, conversationId }),
  "reading a conversation": () => conversations.markRead(ports, { userId: me, conversationId, messageId: newest }),
  "the list of messages": () => messages.list(ports, { userId: me, conversationId, ...page }),
  "the messages before one": () => messages.list(ports, { userId: me, conversationId, before: newest, ...page }),
  "sending a message": () =>
    messages.send(ports, { senderId: me, conversationId, clientMessageId: ports.ids.next(), kind: "text", text: "hello" }),
  "delivering messages that waited too long": () => releaseDue(ports),
  "the list of matches": () => matches.list(ports, { userId: me, ...page }),
  "the likes that came": () => likes.listIncoming(ports, { userId: me, ...page }),
  "the likes that went": () => likes.listOutgoing(ports, { userId: me, ...page }),
  "the list of notifications": () => notifications.list(ports, { userId: me, ...page }),
  "reading notifications": () => notifications.markRead(ports, { userId: me, upTo: ports.clock.now().toISOString() }),
  "releasing pushes": () => release(ports),
  "the devices to push to": () => ofUsers(db, [me, other], ports.clock.now()),
  "a sync from the beginning": () => sync(ports, { userId: me, limit: 100 }),
  "the list of sessions": () => sessions.list(ports, { userId: me, sessionId: ports.ids.next(), ...page }),
  "ending all sessions": () => sessions.revokeAll(ports, { userId: me, reason: "revoked" }),
  "the list of blocks": () => blocks.list(ports, { blockerId: me, ...page }),
  "a profile": () => profiles.get(ports, { viewerId: me, userId: other }),
  "changing a profile": () => profiles.updateMine(ports, { userId: me, heightCm: 180 }),
  "a deck": () => listRecommendations(ports, { userId: me, limit: 10 }),
  "a like": () => swipes.record(ports, { swiperId: me, targetId: other, action: "like" }),
  "taking it back": () => swipes.rewind(ports, { swiperId: me }),
  "reporting a photo": () => reports.create(ports, { reporterId: me, userId: other, reason: "scam", note: "" }),
  "judging a report": async () => {
    const [report] = await db`select id from reports where reporter_id = ${me} and reason = 'scam'`;
    await judgeReport(ports, { factId: ports.ids.next(), reportId: report?.["id"] as never });
  },
  "a block": () => blocks.create(ports, { blockerId: me, userId: other }),
  "deleting a photo": () => media.remove(ports, { userId: me, mediaId: photo }),
};

test.for(Object.entries(work))("%s reads no table from end to end", { timeout: 60_000 }, async ([, run]) => {
  const before = await scans();
  await run();
  expect(await scans()).toEqual(before);
});

test("a table that is read from end to end is noticed", async () => {
  const before = await scans();
  await db`select count(*) from evidence where content ->> 'x' = 'y'`;
  expect(await scans()).toEqual({ ...before, evidence: (before["evidence"] ?? 0) + 1 });
});
