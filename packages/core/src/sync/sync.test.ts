import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { Change } from "@pendo/contract/change";
import type { ClientMessageId, MediaId, MessageId, NotificationId, UserId } from "@pendo/contract/ids";
import { describe, expect, test } from "vitest";
import * as blocks from "../blocks/blocks.ts";
import { couple, type Couple, messageAt, person } from "../conversations/couple.fixture.ts";
import * as conversations from "../conversations/conversations.ts";
import * as matches from "../matches/matches.ts";
import * as messages from "../messages/messages.ts";
import * as reactions from "../messages/reactions.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as profiles from "../profiles/profiles.ts";
import { append } from "../log/log.sql.ts";
import { sync } from "./sync.ts";

const statements: string[] = [];
const db = testDb();
const ports = testPorts(db);

const say = ({ conversationId, a }: Couple, text: string, senderId: UserId = a) =>
  messages.send(ports, { conversationId, senderId, clientMessageId: testIds.next() as ClientMessageId, kind: "text", text });

/** What a client keeps: the newest state of every object, dropping what is removed, and a match with all that is in it. */
function client(userId: UserId) {
  const matchesById = new Map<string, string>();
  const conversationsById = new Map<string, { readSeq: number; otherReadSeq: number }>();
  const messagesById = new Map<string, Extract<Change, { message: unknown }>["message"]>();
  let cursor: string | undefined;

  function apply(change: Change): void {
    if (change.kind === "match") {
      if ("match" in change) return void matchesById.set(change.id, change.match.conversationId);
      const conversationId = matchesById.get(change.id);
      matchesById.delete(change.id);
      if (conversationId !== undefined) conversationsById.delete(conversationId);
      for (const message of messagesById.values()) if (message.conversationId === conversationId) messagesById.delete(message.id);
    }
    if (change.kind === "conversation") {
      if ("conversation" in change) conversationsById.set(change.id, change.conversation);
      else conversationsById.delete(change.id);
    }
    if (change.kind === "message") {
      if ("message" in change) messagesById.set(change.id, change.message);
      else messagesById.delete(change.id);
    }
  }
  return {
    matchesById,
    conversationsById,
    messagesById,
    async catchUp(limit = 37) {
      let pages = 0;
      for (;;) {
        const answer = await sync(ports, { userId, cursor, limit });
        for (const change of answer.changes) apply(change);
        cursor = answer.cursor;
        pages += 1;
        if (!answer.hasMore) return { pages, counts: answer.counts };
      }
    },
  };
}

describe("GET /v1/sync", () => {
  test("a client that was offline for 300 messages, edits, deletions, reactions and an unmatch holds what the database holds", async () => {
    const me = await person(ports, "Me");
    const pairs = await Promise.all([1, 2, 3].map(async () => couple(ports, [me, await person(ports)])));
    const mine = client(me);
    await say(pairs[0] as Couple, "before");
    await mine.catchUp();

    const sent: { pair: Couple; id: MessageId; by: UserId }[] = [];
    await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        const pair = pairs[i % 3] as Couple;
        const by = i % 2 === 0 ? pair.a : pair.b;
        sent.push({ pair, by, id: (await say(pair, `message ${i}`, by)).id });
      }),
    );
    await Promise.all(
      sent.map(async ({ pair, id, by }, i) => {
        const pointer = { conversationId: pair.conversationId, messageId: id, userId: by };
        if (i % 5 === 0) await messages.update(ports, { ...pointer, text: `edited ${i}` });
        if (i % 7 === 0) await messages.remove(ports, pointer);
        if (i % 11 === 1 && i % 7 !== 0) await reactions.add(ports, { ...pointer, userId: pair.b, emoji: "🎉" });
      }),
    );
    const { conversationId } = pairs[0] as Couple;
    await conversations.markRead(ports, { conversationId, userId: me, messageId: await messageAt(ports, conversationId, 60) });
    await matches.end(ports, { matchId: (pairs[2] as Couple).matchId, endedBy: (pairs[2] as Couple).b });

    const { pages, counts } = await mine.catchUp();

    expect(pages).toBeGreaterThan(5);
    const live = pairs.slice(0, 2);
    expect([...mine.matchesById.keys()].toSorted()).toEqual(live.map((pair) => pair.matchId).toSorted());
    const held = new Map<string, unknown>();
    for (const { conversationId } of live) {
      const kept = (await messages.list(ports, { userId: me, conversationId, limit: 500 })).items;
      expect(kept.map((message) => message.seq)).toEqual(Array.from({ length: kept.length }, (_, i) => kept.length - i));
      for (const message of kept) held.set(message.id, message);
    }
    expect(held.size).toBe(201);
    expect(Object.fromEntries(mine.messagesById)).toEqual(Object.fromEntries(held));
    expect([...mine.messagesById.values()].some((message) => message.state === "deleted")).toBe(true);
    const { items } = await conversations.list(ports, { userId: me, limit: 10 });
    expect(mine.conversationsById.get((pairs[0] as Couple).conversationId)).toMatchObject({ readSeq: 60 });
    expect(counts.unread).toBe(items.reduce((sum, conversation) => sum + conversation.unreadCount, 0));
    const unreadNow = live.map(
      ({ conversationId }) =>
        [...held.values()].filter((each) => {
          const message = each as { conversationId: string; seq: number; senderId: string; state: string };
          const readSeq = items.find((item) => item.id === conversationId)?.readSeq ?? 0;
          return (
            message.conversationId === conversationId && message.seq > readSeq && message.senderId !== me && message.state !== "deleted"
          );
        }).length,
    );
    expect(counts.unread).toBe(unreadNow.reduce((x, y) => x + y));
  });

  test("a client that syncs during all of it misses nothing", async () => {
    const pair = await couple(ports);
    const mine = client(pair.b);
    let writing = true;
    const reading = (async () => {
      while (writing) await mine.catchUp(3);
    })();
    await Promise.all(Array.from({ length: 60 }, (_, i) => say(pair, `message ${i}`, i % 3 === 0 ? pair.b : pair.a)));
    writing = false;
    await reading;
    await mine.catchUp();
    expect([...mine.messagesById.values()].map((message) => message.seq).toSorted((x, y) => x - y)).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
  });

  test("an idle one is under 200 bytes, and one statement", async () => {
    const watched = testPorts(db);
    const pair = await couple(ports);
    await say(pair, "hello");
    const first = await sync(ports, { userId: pair.b, limit: 100 });
    const counting = new Proxy(db, {
      apply: (target, self, args) => {
        statements.push(String((args[0] as readonly string[]).join("?")));
        return Reflect.apply(target as never, self, args) as unknown;
      },
    });
    const idle = await sync({ ...watched, secrets: ports.secrets, db: counting }, { userId: pair.b, cursor: first.cursor, limit: 100 });
    expect(idle).toEqual({ changes: [], cursor: first.cursor, hasMore: false, counts: { unread: 1, likes: 0 } });
    expect(JSON.stringify(idle).length).toBeLessThan(200);
    expect(statements).toHaveLength(1);
  });

  test("a cursor is of no use to anybody else, nor once it was changed, nor after the log went back", async () => {
    const pair = await couple(ports);
    await say(pair, "hello");
    const { cursor } = await sync(ports, { userId: pair.a, limit: 10 });
    const [rev, seal] = cursor.split(".") as [string, string];
    for (const wrong of [`${rev}1.${seal}`, `0.${seal}`, rev, "x", ".", `${rev}.`, `${rev}.${seal.slice(1)}`, `-1.${seal}`]) {
      await expect(sync(ports, { userId: pair.a, cursor: wrong, limit: 10 })).rejects.toMatchObject({ code: "sync.cursorInvalid" });
    }
    await expect(sync(ports, { userId: pair.b, cursor, limit: 10 })).rejects.toMatchObject({ code: "sync.cursorInvalid" });
    await db`update user_heads set rev = 0 where user_id = ${pair.a}`;
    await expect(sync(ports, { userId: pair.a, cursor, limit: 10 })).rejects.toMatchObject({ code: "sync.cursorInvalid" });
  });

  test("after a block nothing of the other is in it, for either; the blocked one sees no block", async () => {
    const pair = await couple(ports);
    await say(pair, "secret of a");
    await say(pair, "secret of b", pair.b);
    const before = await sync(ports, { userId: pair.b, limit: 100 });
    await blocks.create(ports, { blockerId: pair.a, userId: pair.b });

    const fresh = await Promise.all([pair.a, pair.b].map((userId) => sync(ports, { userId, limit: 100 })));
    for (const { changes } of fresh) {
      expect(JSON.stringify(changes)).not.toContain("secret");
      expect(changes.filter((change) => change.kind !== "block").every((change) => "removed" in change)).toBe(true);
    }
    expect(fresh[0]?.changes.at(-1)).toMatchObject({ kind: "block", id: pair.b, blockedAt: expect.any(String) as string });
    expect(fresh[1]?.changes.some((change) => change.kind === "block")).toBe(false);
    const later = await sync(ports, { userId: pair.b, cursor: before.cursor, limit: 100 });
    expect(later.changes).toEqual([{ kind: "match", id: pair.matchId, removed: true }]);
    expect(later.counts).toEqual({ unread: 0, likes: 0 });
  });

  test("after an unmatch nothing of the conversation is in it", async () => {
    const pair = await couple(ports);
    const { id: messageId } = await say(pair, "secret of a");
    await conversations.markRead(ports, { conversationId: pair.conversationId, userId: pair.b, messageId });
    await matches.end(ports, { matchId: pair.matchId, endedBy: pair.a });
    for (const userId of [pair.a, pair.b]) {
      const { changes } = await sync(ports, { userId, limit: 100 });
      expect(changes.map((change) => [change.kind, "removed" in change])).toEqual([
        ["message", true],
        ["conversation", true],
        ["match", true],
      ]);
    }
  });

  test("a changed card is in the logs of those who are matched, and of nobody else", async () => {
    const pair = await couple(ports);
    const ended = await couple(ports, [pair.a, await person(ports)]);
    await matches.end(ports, { matchId: ended.matchId, endedBy: ended.b });
    const cursors = await Promise.all([pair.b, ended.b].map(async (userId) => (await sync(ports, { userId, limit: 100 })).cursor));
    await profiles.updateMine(ports, { userId: pair.a, heightCm: 171 });
    expect((await sync(ports, { userId: pair.b, cursor: cursors[0], limit: 100 })).changes).toMatchObject([
      { kind: "profile", id: pair.a, user: { name: "Ada", heightCm: 171 } },
      { kind: "conversation", id: pair.conversationId, conversation: { user: { id: pair.a, name: "Ada" } } },
    ]);
    expect((await sync(ports, { userId: ended.b, cursor: cursors[1], limit: 100 })).changes).toEqual([]);
  });

  test("people matched with each other change their cards and write at once, and nobody waits for another", async () => {
    const people = await Promise.all([1, 2, 3, 4].map(() => person(ports)));
    const pairs = people.flatMap((a, i) => people.slice(i + 1).map((b) => [a, b] as const));
    const couples = await Promise.all(pairs.map((pair) => couple(ports, pair)));
    for (const heightCm of [160, 161, 162, 163]) {
      await Promise.all([
        ...people.map((userId) => profiles.updateMine(ports, { userId, heightCm })),
        ...couples.map((one) => say(one, "hello")),
      ]);
    }
    const { changes } = await sync(ports, { userId: people[0] as UserId, limit: 200 });
    const cards = changes.flatMap((change) => (change.kind === "profile" && "user" in change ? [change.user.heightCm] : []));
    expect(cards).toEqual([163, 163, 163, 163]);
  });

  test("every kind of entry becomes its object, or a removal; likes say nothing of whose they are", async () => {
    const pair = await couple(ports);
    const stranger = await person(ports);
    const mediaId = ports.ids.next<MediaId>();
    const decisionId = ports.ids.next();
    const notificationId = ports.ids.next<NotificationId>();
    const at = ports.clock.now();
    await db`
      insert into media (id, user_id, kind, state, content_type, upload_key, created_at)
      values (${mediaId}, ${pair.a}, 'photo', 'rejected', 'image/webp', ${mediaId}, ${at})`;
    await db`
      insert into decisions (id, user_id, subject_kind, subject_id, restriction, ground, facts, automated_detection, automated_decision, decided_at)
      values (${decisionId}, ${pair.a}, 'media', ${mediaId}, 'removed', 'nudity', 'seen', true, true, ${at})`;
    const { cursor } = await sync(ports, { userId: pair.a, limit: 100 });
    const refs = [
      ["profile", pair.a],
      ["profile", pair.b],
      ["profile", stranger],
      ["media", mediaId],
      ["media", stranger],
      ["decision", decisionId],
      ["decision", stranger],
      ["conversation", pair.conversationId],
      ["conversation", stranger],
      ["match", stranger],
      ["message", stranger],
      ["block", stranger],
      ["notification", notificationId],
      ["like", stranger],
      ["like", pair.b],
    ] as const;
    for (const [kind, ref] of refs) await db.begin((tx) => append(tx, [{ userId: pair.a, kind, ref }], at));

    const { changes } = await sync(ports, { userId: pair.a, cursor, limit: 100 });

    expect(changes).toMatchObject([
      { kind: "profile", id: pair.a, user: { name: "Ada" } },
      { kind: "profile", id: pair.b, user: { name: "Ben" } },
      { kind: "profile", id: stranger, removed: true },
      { kind: "media", id: mediaId, state: "rejected" },
      { kind: "media", id: stranger, removed: true },
      { kind: "decision", id: decisionId, decision: { subjectKind: "media", restriction: "removed" } },
      { kind: "decision", id: stranger, removed: true },
      { kind: "conversation", id: pair.conversationId, conversation: { user: { id: pair.b, name: "Ben" } } },
      { kind: "conversation", id: stranger, removed: true },
      { kind: "match", id: stranger, removed: true },
      { kind: "message", id: stranger, removed: true },
      { kind: "block", id: stranger, removed: true },
      { kind: "notification", id: notificationId },
      { kind: "like" },
    ]);
    expect(JSON.stringify(changes.at(-1))).toBe('{"kind":"like"}');
  });
});
