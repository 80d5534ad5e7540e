import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { ClientMessageId, MessageId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { couple, type Couple } from "../conversations/couple.fixture.ts";
import * as conversations from "../conversations/conversations.ts";
import { judgeHeldText } from "../moderation/textVerdict.ts";
import { testDb } from "@pendo/local/db/testDb";
import { inlineJudge } from "../ports/judge/inline.fixture.ts";
import type { Judge } from "../ports/judge/judge.ts";
import { testPorts } from "@pendo/local/testPorts";
import { sync } from "../sync/sync.ts";
import * as messages from "./messages.ts";
import * as reactions from "./reactions.ts";

const db = testDb({ max: 20 });
const ports = testPorts(db);
/** Has no verdict within the time that a sender waits. */
const slow: Judge = { verdicts: async () => null };
/** Refuses every text. */
const strict: Judge = { verdicts: async (texts) => texts.map(() => ({ state: "rejected", reason: "scam", rule: "test" })) };
const late = { ...ports, judge: slow };

const CLEAN = "Dinner on Friday?";
const HATEFUL = "go k1ll yourself";

interface Said {
  readonly judge?: Judge;
  readonly clientMessageId?: ClientMessageId;
}

async function say(
  { conversationId, a }: Couple,
  text: string,
  { judge = ports.judge, clientMessageId = testIds.next() as ClientMessageId }: Said = {},
) {
  return await messages.send({ ...ports, judge }, { conversationId, senderId: a, clientMessageId, kind: "text", text });
}

/** All that a user sees of a conversation: its messages, its row in the list, the unread counts, and what a fresh device syncs. */
async function seenBy(userId: UserId, { conversationId }: Couple) {
  const { items } = await messages.list(ports, { userId, conversationId, limit: 100 });
  const { lastMessage, lastSeq, unreadCount } = await conversations.get(ports, { userId, conversationId });
  const { changes, unreadCount: unread } = await synced(userId);
  return {
    list: items.map(({ text, seq, state }) => ({ text, seq, state })),
    preview: lastMessage?.text ?? null,
    lastSeq,
    unread: [unreadCount, unread],
    synced: changes.flatMap((change) => (change.kind === "message" && "message" in change ? [change.message.text] : [])),
  };
}

async function synced(userId: UserId) {
  const page = await sync(ports, { userId, limit: 500 });
  return { changes: page.changes, unreadCount: page.counts.unread };
}

const nothing = { list: [], preview: null, lastSeq: 0, unread: [0, 0], synced: [] };
const factsOf = async (messageId: MessageId) =>
  (await ports.facts()).filter(({ data }) => "messageId" in data && data.messageId === messageId).map(({ type }) => type);

test("a clean message is delivered at once", async () => {
  const pair = await couple(ports);

  const sent = await say(pair, CLEAN);

  expect(sent).toMatchObject({ seq: 1, state: "visible" });
  expect(await seenBy(pair.b, pair)).toMatchObject({ list: [{ text: CLEAN, seq: 1 }], preview: CLEAN, lastSeq: 1, unread: [1, 1] });
});

test("a refused message is on no surface of the other, and its sender sees it with the reasons", async () => {
  const pair = await couple(ports);

  const sent = await say(pair, HATEFUL);

  expect(sent).toMatchObject({ seq: 0, state: "hidden" });
  expect(await seenBy(pair.b, pair)).toEqual(nothing);
  expect((await seenBy(pair.a, pair)).list).toEqual([{ text: HATEFUL, seq: 0, state: "hidden" }]);
  expect(await factsOf(sent.id)).toEqual([]);
  expect(await db`select ground, restriction from decisions where subject_id = ${sent.id} and user_id = ${pair.a}`).toEqual([
    { ground: "threat", restriction: "hidden" },
  ]);
});

test("a message without a verdict in time is on no surface of the other until its verdict, and then on each, once", async () => {
  const pair = await couple(ports);

  const sent = await say(pair, CLEAN, { judge: slow });
  expect(sent).toMatchObject({ seq: 0, state: "pending" });
  expect(await seenBy(pair.b, pair)).toEqual(nothing);
  expect(await seenBy(pair.a, pair)).toMatchObject({ list: [{ text: CLEAN, seq: 0, state: "pending" }], synced: [CLEAN] });
  expect(await factsOf(sent.id)).toEqual(["message.held"]);
  await Promise.all([1, 2, 3].map(() => judgeHeldText(ports, { messageId: sent.id })));

  const delivered = { list: [{ text: CLEAN, seq: 1, state: "visible" }], preview: CLEAN, lastSeq: 1, synced: [CLEAN] };
  expect(await seenBy(pair.b, pair)).toEqual({ ...delivered, unread: [1, 1] });
  expect(await seenBy(pair.a, pair)).toEqual({ ...delivered, unread: [0, 0] });
  expect(await factsOf(sent.id)).toEqual(["message.held", "message.created"]);
});

test("a message whose late verdict refuses it stays with its sender, with the reasons", async () => {
  const pair = await couple(ports);

  const { id } = await say(pair, HATEFUL, { judge: slow });
  await Promise.all([1, 2].map(() => judgeHeldText(ports, { messageId: id })));

  expect(await seenBy(pair.b, pair)).toEqual(nothing);
  expect(await seenBy(pair.a, pair)).toMatchObject({ list: [{ text: HATEFUL, seq: 0, state: "hidden" }], synced: [HATEFUL] });
  expect(await db`select ground from decisions where subject_id = ${id}`).toEqual([{ ground: "threat" }]);
});

test("a message that still has no verdict is tried again, and delivered by nobody meanwhile", async () => {
  const pair = await couple(ports);
  const { id } = await say(pair, CLEAN, { judge: slow });

  await expect(judgeHeldText(late, { messageId: id })).rejects.toMatchObject({ code: "server.busy" });

  expect(await seenBy(pair.b, pair)).toEqual(nothing);
});

test("places have no gap, and a late message is unread behind what was read meanwhile", async () => {
  const pair = await couple(ports);
  const { conversationId, b } = pair;
  await say(pair, "one");
  await say(pair, HATEFUL);
  const { id } = await say(pair, "held", { judge: slow });
  const two = await say({ ...pair, a: b }, "two");
  await conversations.markRead(ports, { userId: b, conversationId, messageId: two.id });
  expect(await seenBy(b, pair)).toMatchObject({ lastSeq: 2, unread: [0, 0], preview: "two" });

  await judgeHeldText(ports, { messageId: id });

  const seen = await seenBy(b, pair);
  expect(seen.list).toEqual([3, 2, 1].map((seq, i) => ({ text: ["held", "two", "one"][i], seq, state: "visible" })));
  expect(seen).toMatchObject({ lastSeq: 3, unread: [1, 1], preview: "held" });
});

test("the same client message id answers with the same message, held or delivered", async () => {
  const pair = await couple(ports);
  const clientMessageId = testIds.next() as ClientMessageId;

  const first = await say(pair, CLEAN, { judge: slow, clientMessageId });
  const again = await Promise.all([ports.judge, slow].map((judge) => say(pair, CLEAN, { judge, clientMessageId })));
  await judgeHeldText(ports, { messageId: first.id });
  const after = await say(pair, CLEAN, { clientMessageId });

  expect(again).toEqual([first, first]);
  expect(after).toMatchObject({ id: first.id, seq: 1, state: "visible" });
  await expect(say(pair, "another text", { clientMessageId })).rejects.toMatchObject({ code: "message.idReused" });
});

test("a message that its sender deleted before its verdict is never delivered, and never sent again", async () => {
  const pair = await couple(ports);
  const clientMessageId = testIds.next() as ClientMessageId;
  const { id: messageId } = await say(pair, CLEAN, { judge: slow, clientMessageId });

  await messages.remove(ports, { userId: pair.a, conversationId: pair.conversationId, messageId });
  await judgeHeldText(ports, { messageId });
  await say(pair, CLEAN, { clientMessageId });

  expect(await seenBy(pair.b, pair)).toEqual(nothing);
  expect(await seenBy(pair.a, pair)).toEqual(nothing);
});

test("a held message is not found by the other, who can neither delete it nor react to it", async () => {
  const pair = await couple(ports);
  const { id: messageId } = await say(pair, CLEAN, { judge: slow });
  const pointer = { userId: pair.b, conversationId: pair.conversationId, messageId };

  await expect(messages.remove(ports, pointer)).rejects.toMatchObject({ code: "message.notFound" });
  await expect(reactions.add(ports, { ...pointer, emoji: "👍" })).rejects.toMatchObject({ code: "message.notFound" });
  await expect(messages.update(ports, { ...pointer, text: "mine" })).rejects.toMatchObject({ code: "message.notFound" });
});

test("a message without a place is named by no read mark and no border of a page", async () => {
  const pair = await couple(ports);
  await say(pair, CLEAN);
  const without = [await say(pair, HATEFUL), await say(pair, CLEAN, { judge: slow })];

  for (const { id: messageId } of without)
    for (const userId of [pair.a, pair.b]) {
      const at = { userId, conversationId: pair.conversationId };
      await expect(conversations.markRead(ports, { ...at, messageId })).rejects.toMatchObject({ code: "message.notFound" });
      for (const border of [{ before: messageId }, { after: messageId }])
        await expect(messages.list(ports, { ...at, ...border, limit: 5 })).rejects.toMatchObject({ code: "message.notFound" });
    }
});

test("nothing is held in the conversation of others", async () => {
  const [pair, strangers] = [await couple(ports), await couple(ports)];

  const sent = say({ ...pair, a: strangers.a }, CLEAN, { judge: slow });

  await expect(sent).rejects.toMatchObject({ code: "conversation.notFound" });
});

test("a sender meets each held message once, on the page of its time", async () => {
  const pair = await couple(ports);
  const expected: string[] = [];
  for (let i = 0; i < 12; i++) {
    ports.clock.advance(1000);
    const text = `message ${i}`;
    await say(pair, text, { judge: i % 3 === 1 ? strict : inlineJudge() });
    expected.push(text);
  }
  const { a: userId, conversationId } = pair;
  const first = (await messages.list(ports, { userId, conversationId, limit: 100 })).items.at(-1);
  const walk = async (from: { after?: MessageId | undefined }) => {
    const texts: (string | null)[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const { items, next } = await messages.list(ports, { userId, conversationId, limit: 3, ...from, cursor });
      texts.push(...items.map(({ text }) => text));
      cursor = next ?? undefined;
      more = next !== null;
    }
    return texts;
  };

  expect(await walk({})).toEqual(expected.toReversed());
  expect(await walk({ after: first?.id })).toEqual(expected.slice(1));
});

test("the other sees an edited text only with its clean verdict, and never a refused one", async () => {
  const pair = await couple(ports);
  const { id: messageId } = await say(pair, CLEAN);
  const pointer = { userId: pair.a, conversationId: pair.conversationId, messageId };
  const textOf = async (userId: UserId) => (await seenBy(userId, pair)).list[0]?.text;

  await expect(messages.update(ports, { ...pointer, text: HATEFUL })).rejects.toMatchObject({ code: "message.refused" });
  expect([await textOf(pair.a), await textOf(pair.b)]).toEqual([CLEAN, CLEAN]);

  await messages.update(late, { ...pointer, text: "Lunch?" });
  expect([await textOf(pair.a), await textOf(pair.b)]).toEqual(["Lunch?", CLEAN]);
  await judgeHeldText(ports, { messageId });
  expect([await textOf(pair.a), await textOf(pair.b)]).toEqual(["Lunch?", "Lunch?"]);

  await messages.update(late, { ...pointer, text: HATEFUL });
  expect(await textOf(pair.b)).toBe("Lunch?");
  await judgeHeldText(ports, { messageId });
  expect([await textOf(pair.a), await textOf(pair.b)]).toEqual(["Lunch?", "Lunch?"]);
  expect(await db`select ground from decisions where subject_id = ${messageId}`).toEqual([{ ground: "threat" }]);
});
