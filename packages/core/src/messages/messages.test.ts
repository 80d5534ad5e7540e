import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { ClientMessageId, MediaId, MessageId, UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { couple, person, type Couple } from "../conversations/couple.fixture.ts";
import { markRead } from "../conversations/conversations.ts";
import { endFor } from "../conversations/start.sql.ts";
import * as media from "../media/media.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as messages from "./messages.ts";
import * as reactions from "./reactions.ts";

const notEditable = { code: "message.notEditable" };
const notFound = { code: "message.notFound" };
const db = testDb({ max: 20 });
const ports = testPorts(db);
const clientId = () => testIds.next() as ClientMessageId;

async function say({ conversationId, a }: Couple, text = "hello", senderId = a) {
  return messages.send(ports, { conversationId, senderId, clientMessageId: clientId(), kind: "text", text });
}

const unread = async (userId: UserId) =>
  (
    await db<{ n: number; sum: number }[]>`
    select coalesce((select unread_count from user_heads where user_id = ${userId}), 0) as n,
      (select coalesce(sum(unread_count), 0)::int from members where user_id = ${userId}) as sum`
  )[0];

describe("sending", () => {
  test("a photo that is deleted while it is sent is either sent or not found, and nobody waits for the other", async () => {
    const { a, conversationId } = await couple(ports);
    for (let round = 0; round < 60; round++) {
      const mediaId = ports.ids.next<MediaId>();
      await db`
        insert into media (id, user_id, kind, state, content_type, upload_key, created_at)
        values (${mediaId}, ${a}, 'messagePhoto', 'visible', 'image/webp', ${mediaId}, ${ports.clock.now()})`;
      const [sent] = await Promise.allSettled([
        messages.send(ports, { conversationId, senderId: a, clientMessageId: clientId(), kind: "photo", mediaId }),
        media.remove(ports, { userId: a, mediaId }),
      ]);
      if (sent.status === "rejected") expect(sent.reason).toMatchObject({ code: "media.notFound" });
    }
    await db`select pg_stat_force_next_flush()`;
    expect(await db`select deadlocks::int from pg_stat_database where datname = current_database()`).toEqual([{ deadlocks: 0 }]);
  });

  test("the same client message id 20 times at once makes one message, and all get its id and place", async () => {
    const pair = await couple(ports);
    const wanted = {
      conversationId: pair.conversationId,
      senderId: pair.a,
      clientMessageId: clientId(),
      kind: "text" as const,
      text: "once",
    };
    // Again and again, because the first time most of the 20 are still connecting while the first one sends.
    for (let round = 1; round <= 5; round++) {
      const once = { ...wanted, clientMessageId: clientId() };
      const answers = await Promise.all(Array.from({ length: 20 }, () => messages.send(ports, once)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]?.seq).toBe(round);
      expect(await db`select 1 from user_log where kind = 'message' and ref = ${answers[0]?.id as MessageId}`).toHaveLength(2);
      await expect(messages.send(ports, { ...once, text: "twice" })).rejects.toMatchObject({ code: "message.idReused" });
    }
    expect(await db`select 1 from messages where conversation_id = ${pair.conversationId}`).toHaveLength(5);
    expect(await unread(pair.b)).toEqual({ n: 5, sum: 5 });
    const facts = (await ports.facts("message.created")).filter((fact) => fact.data.conversationId === pair.conversationId);
    expect(facts.map((fact) => fact.data.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(facts[0]?.data).toMatchObject({ senderId: pair.a, recipientId: pair.b });
    // The other may use the same id for a message of their own.
    expect((await messages.send(ports, wanted)).seq).toBe(6);
    expect((await messages.send(ports, { ...wanted, senderId: pair.b, text: "mine" })).seq).toBe(7);
  });

  test("200 parallel sends from both sides get the places 1 to 200 without a gap", async () => {
    const pair = await couple(ports);
    const sent = await Promise.all(Array.from({ length: 200 }, (_, i) => say(pair, `message ${i}`, i % 2 === 0 ? pair.a : pair.b)));
    expect(sent.map((each) => each.seq).toSorted((x, y) => x - y)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(await unread(pair.a)).toEqual({ n: 100, sum: 100 });
    expect(await unread(pair.b)).toEqual({ n: 100, sum: 100 });
  });

  test("the first message of whoever did not begin answers the conversation, once, and whoever began never answers themselves", async () => {
    const pair = await couple(ports);
    const answered = async () => {
      const [row] = await db<[{ answeredSeq: number | null }]>`select answered_seq from conversations where id = ${pair.conversationId}`;
      const facts = (await ports.facts("conversation.answered")).filter((fact) => fact.data.conversationId === pair.conversationId);
      return [row.answeredSeq, ...facts.map(({ data, actor }) => ({ ...data, actor }))];
    };
    await say(pair, "hello", pair.b);
    await say(pair, "are you there?", pair.b);
    expect(await answered()).toEqual([null]);
    const clientMessageId = clientId();
    const { conversationId, a, b } = pair;
    const answer = { conversationId, senderId: a, clientMessageId, kind: "text", text: "yes" } as const;
    await Promise.all(Array.from({ length: 10 }, () => messages.send(ports, answer)));
    await say(pair, "good", b);
    await say(pair, "is it?", a);
    expect(await answered()).toEqual([3, { conversationId, answererId: a, otherId: b, actor: a }]);
  });

  test("a conversation that was answered before anybody noted it is answered by the next message of whoever did not begin it", async () => {
    const pair = await couple(ports);
    await say(pair);
    await say(pair, "hi", pair.b);
    await db`update conversations set answered_seq = null where id = ${pair.conversationId}`;
    const noted = async () =>
      (await db<{ answeredSeq: number | null }[]>`select answered_seq from conversations where id = ${pair.conversationId}`)[0];
    await say(pair);
    expect(await noted()).toEqual({ answeredSeq: null });
    await say(pair, "hi again", pair.b);
    expect(await noted()).toEqual({ answeredSeq: 4 });
  });

  test("a retry after the end of the conversation still gets the original; something new is refused", async () => {
    const pair = await couple(ports);
    const wanted = {
      conversationId: pair.conversationId,
      senderId: pair.a,
      clientMessageId: clientId(),
      kind: "text" as const,
      text: "hi",
    };
    const first = await messages.send(ports, wanted);
    await db.begin((tx) => endFor(tx, { matchId: pair.matchId, at: ports.clock.now() }));
    expect(await messages.send(ports, wanted)).toEqual(first);
    await expect(say(pair)).rejects.toMatchObject({ code: "conversation.ended" });
    expect(await unread(pair.b)).toEqual({ n: 0, sum: 0 });
  });

  test("a block, either way, refuses messages even where the conversation was not ended", async () => {
    const pair = await couple(ports);
    await db`insert into blocks (blocker_id, blocked_id, created_at) values (${pair.b}, ${pair.a}, ${ports.clock.now()})`;
    await expect(say(pair)).rejects.toMatchObject({ code: "conversation.ended" });
    await expect(say(pair, "hello", pair.b)).rejects.toMatchObject({ code: "conversation.ended" });
  });

  test("a photo must be the sender's own, meant for messages, and visible", async () => {
    const pair = await couple(ports);
    const photo = async (userId: UserId, kind: string, state: string) => {
      const id = ports.ids.next<MediaId>();
      await db`
        insert into media (id, user_id, kind, state, content_type, upload_key, width, height, created_at)
        values (${id}, ${userId}, ${kind}, ${state}, 'image/webp', ${id}, 800, 600, ${ports.clock.now()})`;
      return id;
    };
    const sendPhoto = async (mediaId: MediaId) =>
      messages.send(ports, { conversationId: pair.conversationId, senderId: pair.a, clientMessageId: clientId(), kind: "photo", mediaId });

    for (const [userId, kind, state] of [
      [pair.b, "messagePhoto", "visible"],
      [pair.a, "photo", "visible"],
      [pair.a, "messagePhoto", "processed"],
    ] as const) {
      await expect(sendPhoto(await photo(userId, kind, state))).rejects.toMatchObject({ code: "media.notFound" });
    }
    const mediaId = await photo(pair.a, "messagePhoto", "visible");
    expect((await sendPhoto(mediaId)).seq).toBe(1);
    const { items } = await messages.list(ports, { userId: pair.b, conversationId: pair.conversationId, limit: 10 });
    expect(items[0]).toMatchObject({ kind: "photo", text: null, photo: { id: mediaId, width: 800 } });
  });

  test("a body that does not fit its kind is refused, naming the field", async () => {
    const pair = await couple(ports);
    const wanted = { conversationId: pair.conversationId, senderId: pair.a, clientMessageId: clientId() };
    await expect(messages.send(ports, { ...wanted, kind: "text" })).rejects.toMatchObject({
      code: "input.invalid",
      fields: { "/text": "is missing" },
    });
    await expect(messages.send(ports, { ...wanted, kind: "photo" })).rejects.toMatchObject({
      code: "input.invalid",
      fields: { "/mediaId": "is missing" },
    });
  });
});

describe("changing", () => {
  test("only the sender edits, only words, and only for 15 minutes", async () => {
    const pair = await couple(ports);
    const { id: messageId } = await say(pair);
    const pointer = { conversationId: pair.conversationId, messageId };
    expect(await messages.update(ports, { ...pointer, userId: pair.a, text: "hello!" })).toMatchObject({
      id: messageId,
      seq: 1,
      text: "hello!",
    });
    await expect(messages.update(ports, { ...pointer, userId: pair.b, text: "x" })).rejects.toMatchObject(notEditable);
    await db`update messages set created_at = created_at - interval '901 seconds' where id = ${messageId}`;
    await expect(messages.update(ports, { ...pointer, userId: pair.a, text: "late" })).rejects.toMatchObject(notEditable);
    const { items } = await messages.list(ports, { userId: pair.b, conversationId: pair.conversationId, limit: 10 });
    expect(items[0]).toMatchObject({ text: "hello!", editedAt: expect.any(String) as string });
  });

  test("a deleted message keeps its place, loses its words and reactions, and no longer counts as unread", async () => {
    const pair = await couple(ports);
    const { id: messageId } = await say(pair);
    const pointer = { conversationId: pair.conversationId, messageId };
    await reactions.add(ports, { ...pointer, userId: pair.b, emoji: "❤️" });
    await expect(messages.remove(ports, { ...pointer, userId: pair.b })).rejects.toMatchObject(notEditable);
    await messages.remove(ports, { ...pointer, userId: pair.a });
    await messages.remove(ports, { ...pointer, userId: pair.a });
    expect(await unread(pair.b)).toEqual({ n: 0, sum: 0 });
    expect((await say(pair)).seq).toBe(2);
    const { items } = await messages.list(ports, { userId: pair.b, conversationId: pair.conversationId, limit: 10 });
    expect(items.map(({ seq, state, text, reactions }) => ({ seq, state, text, reactions }))).toEqual([
      { seq: 2, state: "visible", text: "hello", reactions: [] },
      { seq: 1, state: "deleted", text: null, reactions: [] },
    ]);
    await expect(reactions.add(ports, { ...pointer, userId: pair.b, emoji: "👍" })).rejects.toMatchObject(notFound);
  });

  test("a message that was read already takes nothing from the counts when it is deleted", async () => {
    const pair = await couple(ports);
    const { id: messageId } = await say(pair);
    await markRead(ports, { conversationId: pair.conversationId, userId: pair.b, messageId });
    await messages.remove(ports, { conversationId: pair.conversationId, messageId, userId: pair.a });
    expect(await unread(pair.b)).toEqual({ n: 0, sum: 0 });
  });

  test("five different emojis fit on a message, a sixth does not, not even when ten come at once", async () => {
    const pair = await couple(ports);
    const { id: messageId } = await say(pair);
    const pointer = { conversationId: pair.conversationId, messageId, userId: pair.b };
    const outcomes = await Promise.allSettled(
      "😀 😃 😄 😁 😆 😅 🤣 😂 🙂 🙃".split(" ").map((emoji) => reactions.add(ports, { ...pointer, emoji })),
    );
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(5);
    expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({ code: "reaction.tooMany" });
    const [mine] = await db<{ emoji: string }[]>`select emoji from reactions where message_id = ${messageId} limit 1`;
    await reactions.add(ports, { ...pointer, emoji: mine?.emoji ?? "" });
    await reactions.remove(ports, { ...pointer, emoji: mine?.emoji ?? "" });
    await reactions.remove(ports, { ...pointer, emoji: mine?.emoji ?? "" });
    await reactions.add(ports, { ...pointer, emoji: "👨‍👩‍👧‍👦" });
    expect(await db`select 1 from reactions where message_id = ${messageId}`).toHaveLength(5);
  });

  test("what moderation hid is seen by its sender alone, and can't be edited", async () => {
    const pair = await couple(ports);
    const { id: messageId } = await say(pair, "rude");
    await db`update messages set state = 'hidden' where id = ${messageId}`;
    const seen = async (userId: UserId) => (await messages.list(ports, { userId, conversationId: pair.conversationId, limit: 1 })).items[0];
    expect(await seen(pair.a)).toMatchObject({ state: "hidden", text: "rude" });
    expect(await seen(pair.b)).toMatchObject({ state: "hidden", text: null });
    const pointer = { conversationId: pair.conversationId, messageId };
    await expect(messages.update(ports, { ...pointer, userId: pair.a, text: "kind" })).rejects.toMatchObject(notEditable);
    await expect(reactions.add(ports, { ...pointer, userId: pair.b, emoji: "👍" })).rejects.toMatchObject(notFound);
  });
});

describe("reading", () => {
  test("pages go on in the direction they began, without a gap or a repetition", async () => {
    const pair = await couple(ports);
    const ids: MessageId[] = [];
    for (let i = 0; i < 12; i++) ids.push((await say(pair, `message ${i}`)).id);
    const walk = async (start: { after?: MessageId | undefined; before?: MessageId | undefined }) => {
      const places: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await messages.list(ports, { userId: pair.b, conversationId: pair.conversationId, limit: 5, ...start, cursor });
        places.push(...page.items.map((item) => item.seq));
        cursor = page.next ?? undefined;
      } while (cursor);
      return places;
    };
    expect(await walk({})).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await walk({ after: ids[1] })).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(await walk({ before: ids[3] })).toEqual([3, 2, 1]);
    expect(await walk({ after: ids[2], before: ids[5] })).toEqual([5, 4]);
  });

  test("a stranger finds neither the conversation nor its messages, whatever is asked", async () => {
    const pair = await couple(ports);
    const other = await couple(ports);
    const { id: messageId } = await say(pair);
    const stranger = await person(ports);
    for (const userId of [stranger, other.a]) {
      const pointer = { conversationId: pair.conversationId, messageId, userId };
      const attempts = [
        messages.list(ports, { userId, conversationId: pair.conversationId, limit: 5 }),
        say(pair, "hello", userId),
        messages.update(ports, { ...pointer, text: "x" }),
        messages.remove(ports, pointer),
        reactions.add(ports, { ...pointer, emoji: "👍" }),
        reactions.remove(ports, { ...pointer, emoji: "👍" }),
        markRead(ports, pointer),
      ];
      for (const outcome of await Promise.allSettled(attempts)) {
        expect(outcome).toMatchObject({ status: "rejected", reason: { code: "conversation.notFound" } });
      }
    }
    // A message of another conversation is not found through one's own.
    const foreign = { conversationId: other.conversationId, messageId, userId: other.a };
    await expect(messages.remove(ports, foreign)).rejects.toMatchObject(notFound);
    await expect(reactions.add(ports, { ...foreign, emoji: "👍" })).rejects.toMatchObject(notFound);
    await expect(markRead(ports, foreign)).rejects.toMatchObject(notFound);
    for (const border of [{ before: messageId }, { after: messageId }])
      await expect(messages.list(ports, { ...foreign, ...border, limit: 5 })).rejects.toMatchObject(notFound);
  });
});
