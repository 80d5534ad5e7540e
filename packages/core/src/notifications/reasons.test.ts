import type { MessageId, UserId } from "@pendo/contract/ids";
import { pushKinds } from "@pendo/contract/notification";
import { beforeEach, describe, expect, test } from "vitest";
import * as blocks from "../blocks/blocks.ts";
import { couple, person } from "../conversations/couple.fixture.ts";
import * as matches from "../matches/matches.ts";
import * as messages from "../messages/messages.ts";
import { judgeMessage } from "../moderation/textVerdict.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { open } from "../realtime/socket.fixture.ts";
import { addPeople } from "../swipes/people.fixture.ts";
import * as swipes from "../swipes/swipes.ts";
import { sync } from "../sync/sync.ts";
import * as notices from "./notices.ts";
import { addPhone, messaged, newest, phones, write } from "./notices.fixture.ts";
import { list, markRead } from "./notifications.ts";
import { release } from "./release.ts";

const db = testDb();
const base = testPorts(db);
beforeEach(() => db`delete from outbox`);

/** A user with a phone, and a laptop whose socket is open, and as many other users. */
async function scene(others = 1) {
  const push = phones();
  const ports = { ...base, push };
  const [b, ...likers] = (await addPeople(
    db,
    Array.from({ length: others + 1 }, () => ({})),
  )) as [UserId, UserId, ...UserId[]];
  await addPhone(ports, b);
  await open(ports, b);
  return { ports, notes: push.notes, b, likers: likers as [UserId, ...UserId[]] };
}
type Scene = Awaited<ReturnType<typeof scene>>;

async function likes({ ports, b }: Scene, likerId: UserId, action: "like" | "superlike" = "like"): Promise<void> {
  await swipes.record(ports, { swiperId: likerId, targetId: b, action });
  const { id, data } = await newest(ports, "like.received");
  await notices.liked(ports, { factId: id, ...data });
  ports.clock.advance(1000);
}

/** What the user's list shows, after it is held against what a device has that synced before and now. */
async function shown({ ports, b }: Scene, cursor: string) {
  const { items } = await list(ports, { userId: b, limit: 50 });
  const { changes, counts } = await sync(ports, { userId: b, cursor, limit: 100 });
  const synced = changes.filter((change) => change.kind === "notification");
  const removed = synced.filter((change) => "removed" in change).map(({ id }) => id);
  expect(items.filter(({ id }) => removed.includes(id))).toEqual([]);
  return { kinds: items.map(({ kind }) => kind), items, removed, counts };
}
const cursorOf = async ({ ports, b }: Scene) => (await sync(ports, { userId: b, limit: 100 })).cursor;

async function afterHold({ ports, notes, b }: Scene): Promise<string[]> {
  ports.clock.advance(31_000);
  await release(ports);
  return notes.filter(({ token }) => token.endsWith(b)).map(({ title }) => title);
}

describe("a held push of a like never comes, and its notification leaves the list and the devices, once", () => {
  const endings: Record<string, (its: Scene) => Promise<unknown>> = {
    "the liked user blocks the liker": ({ ports, b, likers: [a] }) => blocks.create(ports, { blockerId: b, userId: a }),
    "the liker blocks the liked user": ({ ports, b, likers: [a] }) => blocks.create(ports, { blockerId: a, userId: b }),
    "the liker rewinds the like": ({ ports, likers: [a] }) => swipes.rewind(ports, { swiperId: a }),
    "the liker passes on the liked user": ({ ports, b, likers: [a] }) => swipes.record(ports, { swiperId: a, targetId: b, action: "pass" }),
    "the liked user passes on the liker": ({ ports, b, likers: [a] }) => swipes.record(ports, { swiperId: b, targetId: a, action: "pass" }),
    "the liked user likes back": ({ ports, b, likers: [a] }) => swipes.record(ports, { swiperId: b, targetId: a, action: "like" }),
  };

  test.for(Object.entries(endings))("%s", async ([, ending]) => {
    const its = await scene();
    await likes(its, its.likers[0]);
    const cursor = await cursorOf(its);

    await ending(its);

    expect(await shown(its, cursor)).toMatchObject({ kinds: [], removed: [expect.any(String)] });
    expect(await afterHold(its)).toEqual([]);
  });
});

test("of two likers who are one notification, one who leaves lowers its count, and it stays; with the last it goes", async () => {
  const its = await scene(2);
  const [one, other] = its.likers as [UserId, UserId];
  await likes(its, one);
  await likes(its, other);
  const cursor = await cursorOf(its);

  await swipes.rewind(its.ports, { swiperId: one });
  expect(await shown(its, cursor)).toMatchObject({ kinds: ["like"], items: [{ eventCount: 1 }], removed: [], counts: { likes: 1 } });
  expect(await afterHold(its)).toEqual(["Somebody likes you"]);

  await swipes.rewind(its.ports, { swiperId: other });
  expect(await shown(its, cursor)).toMatchObject({ kinds: [], removed: [expect.any(String)], counts: { likes: 0 } });
});

test("two likers who leave at once leave no notification behind, and no deadlock", async () => {
  const its = await scene(12);
  for (let round = 0; round < 6; round++) {
    for (const likerId of its.likers) await likes(its, likerId);

    await Promise.all(its.likers.map((likerId) => swipes.record(its.ports, { swiperId: likerId, targetId: its.b, action: "pass" })));

    expect((await list(its.ports, { userId: its.b, limit: 50 })).items).toEqual([]);
  }
  await db`select pg_stat_force_next_flush()`;
  expect(await db`select deadlocks::int from pg_stat_database where datname = current_database()`).toEqual([{ deadlocks: 0 }]);
}, 60_000);

test("after a like was read, a superlike of the same user is a new notification in its place", async () => {
  const its = await scene();
  const [a] = its.likers;
  await likes(its, a);
  const [read] = (await list(its.ports, { userId: its.b, limit: 50 })).items;
  await markRead(its.ports, { userId: its.b, ids: read ? [read.id] : [] });
  const cursor = await cursorOf(its);

  await likes(its, a, "superlike");

  expect(await shown(its, cursor)).toMatchObject({ kinds: ["like"], items: [{ readAt: null, eventCount: 1 }], removed: [read?.id] });
});

test("a superlike after a like of the same user still counts as one user", async () => {
  const its = await scene();
  const [a] = its.likers;
  await likes(its, a);
  await likes(its, a, "superlike");
  const { items } = await list(its.ports, { userId: its.b, limit: 50 });
  expect(items).toMatchObject([{ kind: "like", eventCount: 1 }]);

  await swipes.rewind(its.ports, { swiperId: a });
  expect((await list(its.ports, { userId: its.b, limit: 50 })).items).toEqual([]);
});

test("a like of a user who is held back by a moderator, or suspended, is not pushed", async () => {
  for (const restrict of [
    (id: UserId) => db`update profiles set held = true where user_id = ${id}`,
    (id: UserId) => db`update users set status = 'suspended' where id = ${id}`,
  ]) {
    const its = await scene();
    await likes(its, its.likers[0]);

    await restrict(its.likers[0]);

    expect(await afterHold(its)).toEqual([]);
  }
});

test("a like of the code before, whose row names no notification, is still pushed", async () => {
  const its = await scene();
  await likes(its, its.likers[0]);
  await db`update likes_inbox set notification_id = null where liked_id = ${its.b}`;

  expect(await afterHold(its)).toEqual(["Somebody likes you"]);
});

/** How each kind loses its reason while its push is held; null where what it speaks of has happened and stays true. */
const losses: Record<(typeof pushKinds)[number], ((its: Scene) => Promise<void>) | null> = {
  like: async (its) => {
    await likes(its, its.likers[0]);
    await swipes.rewind(its.ports, { swiperId: its.likers[0] });
  },
  match: async ({ ports, b }) => {
    const { a, matchId, conversationId } = await couple(ports, [await person(ports, "Ada"), b]);
    await notices.matched(ports, { factId: ports.ids.next(), matchId, conversationId, userIds: [a, b] });
    await matches.end(ports, { matchId, endedBy: a });
  },
  message: async ({ ports, b }) => {
    const pair = await couple(ports, [await person(ports, "Ada"), b]);
    const fact = await write(ports, pair);
    await messaged(ports, fact);
    await messages.remove(ports, { ...fact.data, userId: pair.a });
  },
  picks: async ({ ports, b, likers: [a] }) => {
    const until = new Date(ports.clock.now().getTime() + 3_600_000);
    await db`insert into daily_picks (user_id, place, pick_id, until) values (${b}, 0, ${a}, ${until})`;
    await notices.picked(ports, { factId: ports.ids.next(), userId: b });
    await swipes.record(ports, { swiperId: b, targetId: a, action: "pass" });
  },
  moderation: null,
  boost: null,
};

test.each(pushKinds.filter((kind) => losses[kind]))(
  "a held push of kind %s that lost its reason never comes, and is not listed",
  async (kind) => {
    const its = await scene();
    await losses[kind]?.(its);

    expect(await afterHold(its)).toEqual([]);

    expect((await list(its.ports, { userId: its.b, limit: 50 })).items).toEqual([]);
    expect(await db`select from notifications where user_id = ${its.b} and kind = ${kind} and push_due_at is not null`).toEqual([]);
  },
);

describe("the notification of a conversation", () => {
  const leaving: Record<string, (its: Scene, id: MessageId, senderId: UserId) => Promise<void>> = {
    deleted: async ({ ports }, messageId, userId) => {
      const [{ conversationId } = { conversationId: "" }] = await db`select conversation_id from messages where id = ${messageId}`;
      await messages.remove(ports, { userId, messageId, conversationId });
    },
    hidden: async ({ ports, b }, messageId) => {
      await db`update messages set text = 'go kill yourself' where id = ${messageId}`;
      await judgeMessage(ports, { factId: ports.ids.next(), messageId, recipientId: b });
    },
  };

  test.for(Object.entries(leaving))("leaves the list and the devices with its last unread message, which is %s", async ([, leave]) => {
    const its = await scene();
    const pair = await couple(its.ports, [await person(its.ports, "Ada"), its.b]);
    const facts = [await write(its.ports, pair), await write(its.ports, pair)];
    for (const fact of facts) await messaged(its.ports, fact);
    const cursor = await cursorOf(its);

    for (const [i, { data }] of facts.entries()) {
      await leave(its, data.messageId, pair.a);
      const kinds = i === 0 ? ["message"] : [];
      expect(await shown(its, cursor)).toMatchObject({ kinds, removed: i === 0 ? [] : [expect.any(String)], counts: { unread: 1 - i } });
    }
    expect(await afterHold(its)).toEqual([]);
  });

  test("counts in its push only the messages that are left", async () => {
    const its = await scene();
    const pair = await couple(its.ports, [await person(its.ports, "Ada"), its.b]);
    const facts = [await write(its.ports, pair), await write(its.ports, pair), await write(its.ports, pair)];
    for (const fact of facts) await messaged(its.ports, fact);

    await messages.remove(its.ports, { ...(facts[1] as (typeof facts)[0]).data, userId: pair.a });

    expect(await afterHold(its)).toEqual(["Ada"]);
    expect(its.notes.filter(({ token }) => token.endsWith(its.b))).toMatchObject([{ body: "sent you 2 messages", badge: 2 }]);
  });
});
