import type { Envelope, EventData, EventName, EventsTo } from "@pendo/contract/events";
import type { ConversationId, EventId, MatchId, MessageId, UserId } from "@pendo/contract/ids";
import { beforeEach, expect, test } from "vitest";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addCrowd } from "../swipes/people.fixture.ts";
import { record } from "./analytics.ts";

const db = testDb();
const ports = testPorts(db);

beforeEach(() => db`truncate metric_days, active_days, milestones, inbox`);

type Fact = Envelope<EventsTo<"analytics">>;

function fact<E extends EventName & EventsTo<"analytics">>(
  type: E,
  data: EventData<E>,
  actor: UserId | null,
  occurredAt = "2026-05-01T12:00:00.000Z",
): Fact {
  return { id: ports.ids.next<EventId>(), type, version: 1, occurredAt, actor, traceparent: null, data } as unknown as Fact;
}

const swipe = (swiperId: UserId, targetId: UserId, action: "like" | "superlike" | "pass" = "like", at?: string) =>
  fact("swipe.recorded", { swiperId, targetId, action }, swiperId, at);
const match = (a: UserId, b: UserId, at?: string) =>
  fact("match.created", { matchId: ports.ids.next<MatchId>(), conversationId: ports.ids.next<ConversationId>(), userIds: [a, b] }, a, at);
const message = (senderId: UserId, recipientId: UserId, at?: string) =>
  fact(
    "message.created",
    { conversationId: ports.ids.next<ConversationId>(), messageId: ports.ids.next<MessageId>(), seq: 1, senderId, recipientId },
    senderId,
    at,
  );

async function counts(): Promise<Record<string, number>> {
  const rows = await db<{ day: string; name: string; value: number }[]>`select day::text, name, value from metric_days order by day, name`;
  return Object.fromEntries(rows.map(({ day, name, value }) => [`${day.slice(5)} ${name}`, value]));
}

test("a batch is counted by day, in UTC", async () => {
  const [a, b] = (await addCrowd(db, 2)) as [UserId, UserId];
  await record(ports, [
    fact("user.registered", { userId: a }, a),
    swipe(a, b),
    swipe(a, b, "superlike"),
    swipe(b, a, "pass"),
    swipe(b, a, "like", "2026-05-01T23:59:59.999Z"),
    swipe(b, a, "like", "2026-05-02T00:00:00.000Z"),
    match(a, b),
    message(a, b),
    message(b, a),
    message(b, a, "2026-05-02T10:00:00.000Z"),
    fact("swipe.rewound", { swiperId: a, targetId: b }, a),
    fact("user.blocked", { blockerId: a, blockedId: b }, a),
    fact("report.created", { reportId: ports.ids.next() }, a),
    fact("moderation.decided", { decisionId: ports.ids.next(), userId: b }, null),
    fact("media.moderated", { userId: b, mediaId: ports.ids.next(), verdict: "visible" }, null),
    fact("match.ended", { matchId: ports.ids.next(), conversationId: ports.ids.next(), endedBy: a, userIds: [a, b] }, a),
  ]);
  expect(await counts()).toEqual({
    "05-01 registrations": 1,
    "05-01 swipes": 4,
    "05-01 likes": 2,
    "05-01 superlikes": 1,
    "05-01 passes": 1,
    "05-01 rewinds": 1,
    "05-01 matches": 1,
    "05-01 matchesEnded": 1,
    "05-01 messages": 2,
    "05-01 blocks": 1,
    "05-01 reports": 1,
    "05-01 decisions": 1,
    "05-01 activeUsers": 2,
    "05-01 profilesCompleted": 2,
    "05-01 firstSwipes": 2,
    "05-01 firstMatches": 2,
    "05-01 firstMessages": 2,
    "05-02 swipes": 1,
    "05-02 likes": 1,
    "05-02 messages": 1,
    "05-02 activeUsers": 1,
  });
});

test("what is delivered again changes nothing, in the same batch, another, or a mix of both", async () => {
  const [a, b] = (await addCrowd(db, 2)) as [UserId, UserId];
  const facts = [swipe(a, b), swipe(b, a), match(a, b), message(a, b)];
  await record(ports, [...facts, ...facts]);
  const once = await counts();
  await record(ports, facts);
  await record(ports, [facts[1] as Fact, message(b, a), facts[3] as Fact]);
  expect(await counts()).toEqual({ ...once, "05-01 messages": 2, "05-01 firstMessages": 2 });
});

test("each step of the way is counted once per person, on the day they got there", async () => {
  const [a, b, unfinished] = (await addCrowd(db, 3)) as [UserId, UserId, UserId];
  await db`update profiles set discoverable = false where user_id = ${unfinished}`;
  await record(ports, [fact("profile.updated", { userId: unfinished }, unfinished), swipe(a, b), swipe(a, b)]);
  await record(ports, [
    swipe(a, b, "like", "2026-05-03T01:00:00Z"),
    match(a, b, "2026-05-03T01:00:00Z"),
    match(a, b, "2026-05-04T01:00:00Z"),
  ]);
  await db`update profiles set discoverable = true where user_id = ${unfinished}`;
  await record(ports, [fact("session.started", { userId: unfinished, sessionId: ports.ids.next() }, unfinished, "2026-05-05T01:00:00Z")]);
  expect(await counts()).toMatchObject({
    "05-01 firstSwipes": 1,
    "05-01 profilesCompleted": 1,
    "05-03 firstMatches": 2,
    "05-05 profilesCompleted": 1,
  });
  expect(Object.keys(await counts()).filter((key) => key.endsWith("firstMatches") || key.endsWith("firstSwipes"))).toHaveLength(2);
});

test("parallel batches over the same people and facts neither wait for each other forever nor count twice", async () => {
  const people = await addCrowd(db, 20);
  const any = (): UserId => people[Math.floor(ports.ids.chance() * people.length)] as UserId;
  const facts = Array.from({ length: 600 }, (_, i) => {
    const at = `2026-05-0${1 + (i % 5)}T12:00:00.000Z`;
    return i % 3 === 0 ? message(any(), any(), at) : i % 3 === 1 ? swipe(any(), any(), "like", at) : match(any(), any(), at);
  });
  const shuffled = () =>
    facts
      .map((one) => [ports.ids.chance(), one] as const)
      .toSorted((x, y) => x[0] - y[0])
      .map(([, one]) => one);
  const batches = [shuffled(), shuffled(), shuffled()].flatMap((all) =>
    Array.from({ length: 12 }, (_, i) => all.slice(i * 50, i * 50 + 50)),
  );
  for (let from = 0; from < batches.length; from += 9)
    await Promise.all(batches.slice(from, from + 9).map((batch) => record(ports, batch)));
  const totals =
    await db`select name, sum(value)::int as value from metric_days where name in ('messages', 'swipes', 'matches') group by name order by name`;
  expect(totals).toMatchObject([
    { name: "matches", value: 200 },
    { name: "messages", value: 200 },
    { name: "swipes", value: 200 },
  ]);
  const [active] =
    await db`select (select sum(value)::int from metric_days where name = 'activeUsers') = (select count(*)::int from active_days) as equal`;
  expect(active).toMatchObject({ equal: true });
});

test("facts about somebody who is gone are counted all the same, and don't stop the queue", async () => {
  const gone = ports.ids.next<UserId>();
  await record(ports, [swipe(gone, gone), message(gone, gone)]);
  expect(await counts()).toEqual({ "05-01 swipes": 1, "05-01 likes": 1, "05-01 messages": 1 });
});

test("a delivery answers what it added, of all days together, and nothing where all of it was counted before", async () => {
  const [a, b] = (await addCrowd(db, 2)) as [UserId, UserId];
  const facts = [swipe(a, b), swipe(a, b, "pass", "2026-05-02T00:00:00.000Z"), match(a, b)];
  expect(await record(ports, facts)).toEqual({
    swipes: 2,
    likes: 1,
    passes: 1,
    matches: 1,
    activeUsers: 2,
    firstSwipes: 1,
    firstMatches: 2,
    profilesCompleted: 1,
  });
  expect(await record(ports, facts)).toEqual({});
  expect(await record(ports, [...facts, message(a, b)])).toEqual({ messages: 1, firstMessages: 1 });
});

test("what the synthetic canary does counts in nothing, whoever else takes part", async () => {
  const [a, b, canary, other] = (await addCrowd(db, 4)) as [UserId, UserId, UserId, UserId];
  await db`update users set is_canary = true where id in (${canary}, ${other})`;

  const counted = await record(ports, [
    fact("user.registered", { userId: canary }, canary),
    fact("session.started", { userId: canary, sessionId: ports.ids.next() }, canary),
    swipe(canary, other),
    match(canary, other),
    message(canary, other),
    fact("moderation.decided", { decisionId: ports.ids.next(), userId: canary }, null),
    fact("match.ended", { matchId: ports.ids.next(), conversationId: ports.ids.next(), endedBy: other, userIds: [canary, other] }, other),
    swipe(a, b),
  ]);

  expect(counted).toMatchObject({ swipes: 1, likes: 1, activeUsers: 1 });
  expect(await db`select user_id from active_days`).toEqual([{ userId: a }]);
  expect(await db`select distinct user_id from milestones where user_id in (${canary}, ${other})`).toEqual([]);
  expect(await counts()).toMatchObject({ "05-01 swipes": 1, "05-01 activeUsers": 1 });
  expect(Object.keys(await counts()).filter((name) => /matches|messages|registrations|decisions/i.test(name))).toEqual([]);
});
