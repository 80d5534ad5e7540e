import type { Envelope } from "@pendo/contract/events";
import type { EventId, UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import { type Couple, couple, messageAt, person } from "../conversations/couple.fixture.ts";
import * as conversations from "../conversations/conversations.ts";
import { update as setPrefs } from "../notificationPreferences/notificationPreferences.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { stay } from "../realtime/presence.ts";
import * as notices from "./notices.ts";
import { addPhone, messaged, newest, phones, write } from "./notices.fixture.ts";
import { AT_ONCE_MAX } from "./push.ts";
import { release } from "./release.ts";

const db = testDb();
const base = testPorts(db);

/** Ports with phones of their own, so that each test sees its pushes alone. */
function own() {
  const push = phones();
  return { ...base, push, notes: push.notes, phones: push };
}

const rowsOf = (userId: UserId) =>
  db<
    {
      kind: string;
      eventCount: number;
      refs: Record<string, unknown>;
      readAt: Date | null;
      pushedAt: Date | null;
      pushDueAt: Date | null;
    }[]
  >`select kind, event_count, refs, read_at, pushed_at, push_due_at from notifications where user_id = ${userId} order by created_at, id`;

async function readAll(ports: typeof base, { conversationId, b: userId }: Couple, seq: number): Promise<Envelope<"conversation.read">> {
  await conversations.markRead(ports, { conversationId, userId, messageId: await messageAt(ports, conversationId, seq) });
  return await newest(ports, "conversation.read");
}

describe("a message", () => {
  test("notifies its recipient once, pushes who wrote and never what", async () => {
    const ports = own();
    const pair = await couple(ports);
    const token = await addPhone(ports, pair.b);
    await addPhone(ports, pair.a);
    const fact = await write(ports, pair, "meet me at the secret place");
    await messaged(ports, fact);
    expect(ports.notes).toEqual([
      {
        platform: "ios",
        token,
        title: "Ada",
        body: "sent you a message",
        collapseKey: `message:${pair.conversationId}`,
        badge: 1,
        threadId: pair.conversationId,
        data: { notificationId: expect.any(String), kind: "message", conversationId: pair.conversationId },
      },
    ]);
    expect(JSON.stringify(ports.notes)).not.toContain("secret");
    expect(await rowsOf(pair.b)).toMatchObject([
      { kind: "message", eventCount: 1, refs: { userId: pair.a, messageId: fact.data.messageId, seq: 1 }, readAt: null, pushDueAt: null },
    ]);
    expect(await rowsOf(pair.a)).toEqual([]);
    const log = await db`select kind from user_log where user_id = ${pair.b} and kind = 'notification'`;
    expect(log).toHaveLength(1);
  });

  test("that is delivered again changes nothing and pushes nothing", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    const fact = await write(ports, pair);
    await messaged(ports, fact);
    await messaged(ports, fact);
    expect(ports.notes).toHaveLength(1);
    expect(await rowsOf(pair.b)).toMatchObject([{ eventCount: 1 }]);
  });

  test("pushes once where five consumers take it at the same moment", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    const fact = await write(ports, pair);
    await Promise.all(Array.from({ length: 5 }, () => messaged(ports, fact)));
    expect(ports.notes).toHaveLength(1);
    expect(await rowsOf(pair.b)).toMatchObject([{ eventCount: 1 }]);
  });

  test("100 in a burst, over parallel consumers, leave one unread notification: five pushes at once, and one after 30 s", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    const facts = [];
    for (let i = 0; i < 100; i++) facts.push(await write(ports, pair, `message ${i}`));
    const mixed = facts.toSorted((x, y) => ((x.data.seq * 37) % 101) - ((y.data.seq * 37) % 101));
    for (let from = 0; from < 100; from += 10) await Promise.all(mixed.slice(from, from + 10).map((fact) => messaged(ports, fact)));
    expect(ports.notes).toHaveLength(AT_ONCE_MAX);
    expect(new Set(ports.notes.map(({ collapseKey }) => collapseKey)).size).toBe(1);
    expect(await rowsOf(pair.b)).toMatchObject([{ eventCount: 100, refs: { seq: 100, messageId: facts.at(-1)?.data.messageId } }]);

    await release(ports);
    expect(ports.notes).toHaveLength(AT_ONCE_MAX);
    for (const waitMs of [31_000, 120_000]) {
      ports.clock.advance(waitMs);
      await Promise.all([release(ports), release(ports), release(ports)]);
    }
    expect(ports.notes.slice(AT_ONCE_MAX)).toMatchObject([{ body: "sent you 100 messages" }]);
  });

  test("after the last was read starts a notification of its own", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    await messaged(ports, await write(ports, pair));
    const read = await readAll(ports, pair, 1);
    await notices.conversationRead(ports, { factId: read.id, ...read.data });
    await messaged(ports, await write(ports, pair));
    expect(await rowsOf(pair.b)).toMatchObject([
      { eventCount: 1, readAt: expect.any(Date) },
      { eventCount: 1, readAt: null, refs: { seq: 2 } },
    ]);
  });

  test("that was read before the consumer came to it notifies nobody, in whatever order the facts come", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    const fact = await write(ports, pair);
    const read = await readAll(ports, pair, 1);
    await notices.conversationRead(ports, { factId: read.id, ...read.data });
    await messaged(ports, fact);
    expect(ports.notes).toEqual([]);
    expect(await rowsOf(pair.b)).toEqual([]);
  });

  test("read by one consumer while another notes it never stays unread", async () => {
    const ports = own();
    for (let round = 0; round < 15; round++) {
      const pair = await couple(ports);
      const fact = await write(ports, pair);
      await Promise.all([
        messaged(ports, fact),
        readAll(ports, pair, 1).then((read) => notices.conversationRead(ports, { factId: read.id, ...read.data })),
      ]);
      expect((await rowsOf(pair.b)).filter((row) => row.readAt === null)).toEqual([]);
    }
  });

  test("an older one read leaves the notification of a newer one unread", async () => {
    const ports = own();
    const pair = await couple(ports);
    await messaged(ports, await write(ports, pair));
    await messaged(ports, await write(ports, pair));
    const read = await readAll(ports, pair, 1);
    await notices.conversationRead(ports, { factId: read.id, ...read.data });
    expect(await rowsOf(pair.b)).toMatchObject([{ readAt: null, eventCount: 2 }]);
  });

  test("read while its push is held back is never pushed", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    await stay(ports, pair.b);
    await messaged(ports, await write(ports, pair));
    await messaged(ports, await write(ports, pair));
    // The fact of the reading has not been consumed yet, and still the push is not sent.
    await readAll(ports, pair, 2);
    ports.clock.advance(31_000);
    await release(ports);
    expect(ports.notes.filter(({ threadId }) => threadId === pair.conversationId)).toEqual([]);
  });
});

describe("nothing is pushed", () => {
  test("where the conversation is muted; the notification is there", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    const expiresAt = new Date(ports.clock.now().getTime() + 3_600_000).toISOString();
    await conversations.mute(ports, { conversationId: pair.conversationId, userId: pair.b, expiresAt });
    await messaged(ports, await write(ports, pair));
    expect(ports.notes).toEqual([]);
    expect(await rowsOf(pair.b)).toMatchObject([{ eventCount: 1, pushDueAt: null, pushedAt: null }]);
    ports.clock.advance(3_601_000);
    await messaged(ports, await write(ports, pair));
    expect(ports.notes).toHaveLength(1);
  });

  test("where the kind is switched off", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    await setPrefs(ports, { userId: pair.b, push: { message: false } });
    await messaged(ports, await write(ports, pair));
    expect(ports.notes).toEqual([]);
    expect(await rowsOf(pair.b)).toHaveLength(1);
  });

  test("while the user has a socket open", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    await stay(ports, pair.b);
    await messaged(ports, await write(ports, pair));
    expect(ports.notes).toEqual([]);
  });

  test("by somebody who was blocked, either way, or after the conversation ended, nor is it noted", async () => {
    const ports = own();
    for (const end of [
      (a: UserId, b: UserId) => db`insert into blocks (blocker_id, blocked_id, created_at) values (${a}, ${b}, now())`,
      (a: UserId, b: UserId) => db`insert into blocks (blocker_id, blocked_id, created_at) values (${b}, ${a}, now())`,
      (a: UserId) => db`update conversations set ended_at = now() where id in (select conversation_id from members where user_id = ${a})`,
    ]) {
      const pair = await couple(ports);
      await addPhone(ports, pair.b);
      const fact = await write(ports, pair);
      await end(pair.a, pair.b);
      await messaged(ports, fact);
      expect(await rowsOf(pair.b)).toEqual([]);
    }
    expect(ports.notes).toEqual([]);
  });

  test("of a message that was deleted or hidden meanwhile", async () => {
    const ports = own();
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    const [first, second] = [await write(ports, pair), await write(ports, pair)];
    await db`update messages set deleted_at = now() where id = ${first.data.messageId}`;
    await db`update messages set state = 'hidden' where id = ${second.data.messageId}`;
    await messaged(ports, first);
    await messaged(ports, second);
    expect(await rowsOf(pair.b)).toEqual([]);
  });

  test("to an account that is suspended or gone, and its messages don't stop the queue", async () => {
    const ports = own();
    const [suspended, gone] = [await couple(ports), await couple(ports)];
    const facts = [await write(ports, suspended), await write(ports, gone)];
    await db`update users set status = 'suspended' where id = ${suspended.b}`;
    await db`delete from users where id = ${gone.b}`;
    for (const fact of facts) await messaged(ports, fact);
    expect(await rowsOf(suspended.b)).toEqual([]);
  });
});

describe("a match", () => {
  test("notifies both, each of the other", async () => {
    const ports = own();
    const pair = await couple(ports);
    await Promise.all([addPhone(ports, pair.a), addPhone(ports, pair.b)]);
    const fact = { factId: ports.ids.next<EventId>(), matchId: pair.matchId, conversationId: pair.conversationId };
    await Promise.all([
      notices.matched(ports, { ...fact, userIds: [pair.a, pair.b] }),
      notices.matched(ports, { ...fact, userIds: [pair.b, pair.a] }),
    ]);
    expect(ports.notes.map(({ title }) => title).toSorted()).toEqual(["Ada", "Ben"]);
    expect(await rowsOf(pair.a)).toMatchObject([{ kind: "match", refs: { userId: pair.b, matchId: pair.matchId } }]);
    expect(await rowsOf(pair.b)).toMatchObject([{ kind: "match", refs: { userId: pair.a } }]);
  });

  test("that has ended meanwhile notifies nobody", async () => {
    const ports = own();
    const pair = await couple(ports);
    await db`update matches set ended_at = now() where id = ${pair.matchId}`;
    await notices.matched(ports, {
      factId: ports.ids.next(),
      matchId: pair.matchId,
      conversationId: pair.conversationId,
      userIds: [pair.a, pair.b],
    });
    expect([...(await rowsOf(pair.a)), ...(await rowsOf(pair.b))]).toEqual([]);
  });
});

describe("a like", () => {
  test("notifies without a name, and one notification stands for all that came since it was read", async () => {
    const ports = own();
    const [liked, ...likers] = [await person(ports), await person(ports), await person(ports)];
    await addPhone(ports, liked);
    for (const likerId of likers) {
      await db`insert into likes_inbox (liked_id, liker_id, action, liked_at) values (${liked}, ${likerId}, 'like', now())`;
      await notices.liked(ports, { factId: ports.ids.next(), likerId, likedId: liked, action: "like" });
      ports.clock.advance(31_000);
    }
    expect(ports.notes.map(({ title }) => title)).toEqual(["Somebody likes you", "2 people like you"]);
    expect(await rowsOf(liked)).toMatchObject([{ kind: "like", eventCount: 2, refs: {} }]);
    expect(JSON.stringify([ports.notes, await rowsOf(liked)])).not.toContain(likers[0]);
  });

  test("that was taken back before the consumer came to it notifies nobody", async () => {
    const ports = own();
    const [liked, likerId] = [await person(ports), await person(ports)];
    await notices.liked(ports, { factId: ports.ids.next(), likerId, likedId: liked, action: "like" });
    expect(await rowsOf(liked)).toEqual([]);
  });
});
