import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { ClientMessageId, MessageId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import * as blocks from "../blocks/blocks.ts";
import * as matches from "../matches/matches.ts";
import * as messages from "../messages/messages.ts";
import * as reactions from "../messages/reactions.ts";
import { judgeHeldText } from "../moderation/textVerdict.ts";
import { testDb } from "@pendo/local/db/testDb";
import type { Judge } from "../ports/judge/judge.ts";
import { testPorts } from "@pendo/local/testPorts";
import { couple, type Couple, messageAt, person } from "./couple.fixture.ts";
import * as conversations from "./conversations.ts";

const db = testDb({ max: 20 });
const ports = testPorts(db);

/** Has no verdict within the time that a sender waits. */
const slow: Judge = { verdicts: async () => null };
const say = ({ conversationId, a }: Couple, text: string, senderId: UserId = a, judge: Judge = ports.judge) =>
  messages.send({ ...ports, judge }, { conversationId, senderId, clientMessageId: testIds.next() as ClientMessageId, kind: "text", text });

async function sayAndJudge(...said: Parameters<typeof say>): Promise<void> {
  const { id: messageId, state } = await say(...said);
  if (state === "pending") await judgeHeldText(ports, { messageId });
}

test("the list has the newest activity first, and goes on behind its cursor", async () => {
  const me = await person(ports, "Me");
  const pairs: Couple[] = [];
  for (const name of ["Ann", "Bea", "Cleo", "Dora", "Eve"]) {
    pairs.push(await couple(ports, [me, await person(ports, name)]));
    ports.clock.advance(1000);
  }
  await say(pairs[1] as Couple, "the newest", (pairs[1] as Couple).b);

  const first = await conversations.list(ports, { userId: me, limit: 3 });
  const second = await conversations.list(ports, { userId: me, limit: 3, cursor: first.next ?? undefined });

  expect([...first.items, ...second.items].map((item) => item.user.name)).toEqual(["Bea", "Eve", "Dora", "Cleo", "Ann"]);
  expect(second.next).toBeNull();
  expect(first.items[0]).toMatchObject({
    unreadCount: 1,
    readSeq: 0,
    otherReadSeq: 0,
    lastSeq: 1,
    muteExpiresAt: null,
    lastMessage: { text: "the newest", seq: 1, state: "visible", sentAt: expect.stringMatching(/^\d{4}-.*Z$/) as string },
  });
  expect(first.items[1]?.lastMessage).toBeNull();
});

test("a read mark of a future that a restored backup does not have is refused, also when the conversation has given its place again", async () => {
  const pair = await couple(ports);
  await say(pair, "one");
  const sent = await say(pair, "two");
  const mark = { conversationId: pair.conversationId, userId: pair.b };
  const lostId = ports.ids.next<MessageId>();

  await expect(conversations.markRead(ports, { ...mark, messageId: lostId })).rejects.toMatchObject({ code: "message.notFound" });
  expect(await conversations.get(ports, mark)).toMatchObject({ readSeq: 0, unreadCount: 2 });
  expect(await conversations.markRead(ports, { ...mark, messageId: sent.id })).toEqual({ readSeq: 2, unreadCount: 0 });
});

test("reading moves the mark forward and the counts down, tells the other once, and never moves back", async () => {
  const pair = await couple(ports);
  for (let i = 0; i < 5; i++) await say(pair, `message ${i}`);
  const mark = { conversationId: pair.conversationId, userId: pair.b };
  const readTo = async (seq: number) =>
    await conversations.markRead(ports, { ...mark, messageId: await messageAt(ports, pair.conversationId, seq) });

  expect(await readTo(3)).toEqual({ readSeq: 3, unreadCount: 2 });
  expect(await readTo(1)).toEqual({ readSeq: 3, unreadCount: 2 });
  expect(await readTo(3)).toEqual({ readSeq: 3, unreadCount: 2 });
  expect(await readTo(5)).toEqual({ readSeq: 5, unreadCount: 0 });

  const facts = (await ports.facts("conversation.read")).filter((fact) => fact.data.conversationId === pair.conversationId);
  expect(facts.map((fact) => fact.data.readSeq)).toEqual([3, 5]);
  expect(await conversations.get(ports, { conversationId: pair.conversationId, userId: pair.a })).toMatchObject({
    readSeq: 0,
    otherReadSeq: 5,
  });
  const [head] = await db<{ unreadCount: number }[]>`select unread_count from user_heads where user_id = ${pair.b}`;
  expect(head?.unreadCount).toBe(0);
});

test("muting holds until its time, and a time that has passed ends it", async () => {
  const pair = await couple(ports);
  const member = { conversationId: pair.conversationId, userId: pair.a };
  const expiresAt = new Date(ports.clock.now().getTime() + 3_600_000).toISOString();
  expect(await conversations.mute(ports, { ...member, expiresAt })).toEqual({ muteExpiresAt: expiresAt });
  expect(await conversations.get(ports, member)).toMatchObject({ muteExpiresAt: expiresAt });
  expect(await conversations.mute(ports, { ...member, expiresAt: "0000-01-01T00:00:00Z" })).toEqual({ muteExpiresAt: null });
  expect(await conversations.mute(ports, { ...member, expiresAt: null })).toEqual({ muteExpiresAt: null });
});

test("strangers find no conversation, and neither member finds one that has ended", async () => {
  const pair = await couple(ports);
  const stranger = await person(ports);
  const { id: messageId } = await say(pair, "hello");
  const member = { conversationId: pair.conversationId, userId: stranger };
  const asked = (userId: UserId) => [
    conversations.get(ports, { ...member, userId }),
    conversations.markRead(ports, { ...member, userId, messageId }),
    conversations.mute(ports, { ...member, userId, expiresAt: null }),
  ];
  for (const outcome of await Promise.allSettled(asked(stranger))) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conversation.notFound" } });
  }
  await matches.end(ports, { matchId: pair.matchId, endedBy: pair.a });
  for (const outcome of await Promise.allSettled([...asked(pair.a), ...asked(pair.b)])) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conversation.ended" } });
  }
  expect((await conversations.list(ports, { userId: pair.a, limit: 10 })).items).toEqual([]);
});

test("sends, reads, edits, deletions, reactions, mutes, unmatches and blocks at random never wait for each other in a circle, and the counts hold", async () => {
  const people = await Promise.all(Array.from({ length: 6 }, () => person(ports)));
  const pairs: Couple[] = [];
  for (const [i, a] of people.entries()) for (const b of people.slice(i + 1)) pairs.push(await couple(ports, [a, b]));
  // A generator of its own, so that a failure can be repeated.
  let seed = 20_260_415;
  const below = (n: number) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % n;
  const expected = new Set(["conversation.ended", "message.notFound", "message.notEditable"]);

  async function step(i: number): Promise<void> {
    const pair = pairs[below(pairs.length)] as Couple;
    const [userId, otherId] = below(2) === 0 ? [pair.a, pair.b] : [pair.b, pair.a];
    const { conversationId } = pair;
    const rows = await db<{ id: never }[]>`select id from messages where conversation_id = ${conversationId} order by random() limit 1`;
    const pointer = { conversationId, userId, messageId: rows[0]?.id ?? (pair.matchId as never) };
    const die = below(100);
    if (die < 45) await sayAndJudge(pair, `message ${i}`, userId, die < 10 ? slow : ports.judge);
    else if (die < 65) await conversations.markRead(ports, pointer);
    else if (die < 75) await reactions.add(ports, { ...pointer, emoji: "👍" });
    else if (die < 82) await messages.remove(ports, pointer);
    else if (die < 88) await messages.update(ports, { ...pointer, text: "changed" });
    else if (die < 97) await conversations.mute(ports, { conversationId, userId, expiresAt: null });
    else if (die === 97) await matches.end(ports, { matchId: pair.matchId, endedBy: userId });
    else if (die === 98) await blocks.create(ports, { blockerId: userId, userId: otherId });
    else await blocks.remove(ports, { blockerId: userId, userId: otherId });
  }

  const faults = new Map<string, number>();
  let next = 0;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (next < 1500) {
        await step(next++).catch((thrown: { code?: string }) => {
          if (!expected.has(thrown.code ?? "")) throw thrown;
          faults.set(thrown.code ?? "", (faults.get(thrown.code ?? "") ?? 0) + 1);
        });
      }
    }),
  );

  expect(faults.get("conversation.ended")).toBeGreaterThan(0);
  const wrongCounts = await db`
    select m.conversation_id, m.user_id from members m join conversations c on c.id = m.conversation_id
    where m.unread_count <> case when c.ended_at is not null then 0 else (
      select count(*) from messages s
      where s.conversation_id = m.conversation_id and s.seq > m.read_seq and s.sender_id <> m.user_id and s.deleted_at is null
    ) end`;
  expect(wrongCounts).toHaveLength(0);
  const wrongHeads = await db`
    select user_id from user_heads h
    where unread_count <> (select coalesce(sum(unread_count), 0) from members m where m.user_id = h.user_id)
      or rev <> (select coalesce(max(rev), 0) from user_log l where l.user_id = h.user_id)`;
  expect(wrongHeads).toHaveLength(0);
  const gaps = await db`
    select c.id from conversations c
    where c.last_seq <> (select count(*) from messages where conversation_id = c.id)
      or c.last_seq <> (select coalesce(max(seq), 0) from messages where conversation_id = c.id)`;
  expect(gaps).toHaveLength(0);
});
