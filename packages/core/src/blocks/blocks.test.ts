import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { ClientMessageId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { couple, person } from "../conversations/couple.fixture.ts";
import * as conversations from "../conversations/conversations.ts";
import { readChanges } from "../discovery/population.sql.ts";
import * as matches from "../matches/matches.ts";
import * as messages from "../messages/messages.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import * as swipes from "../swipes/swipes.ts";
import { sync } from "../sync/sync.ts";
import * as blocks from "./blocks.ts";
import { blockedBetween } from "./blocks.sql.ts";

const db = testDb();
const ports = testPorts(db);

const factsOf = async (type: "user.blocked" | "user.unblocked" | "match.ended", userId: UserId) =>
  (await ports.facts(type)).filter((fact) => JSON.stringify(fact.data).includes(userId));

test("a block ends the match and its conversation, empties the counts, and is told once, however often it is asked for", async () => {
  const { a, b, conversationId, matchId } = await couple(ports);
  await messages.send(ports, {
    conversationId,
    senderId: b,
    clientMessageId: testIds.next() as ClientMessageId,
    kind: "text",
    text: "hello",
  });

  await Promise.all(Array.from({ length: 5 }, () => blocks.create(ports, { blockerId: a, userId: b })));

  expect(await blockedBetween(db, a, b)).toBe(true);
  expect(await blockedBetween(db, b, a)).toBe(true);
  expect(await db`select 1 from matches where id = ${matchId} and ended_at is null`).toHaveLength(0);
  expect(await db`select unread_count from user_heads where user_id = ${a}`).toEqual([{ unreadCount: 0 }]);
  expect((await conversations.list(ports, { userId: b, limit: 5 })).items).toEqual([]);
  expect(await factsOf("user.blocked", a)).toMatchObject([{ data: { blockerId: a, blockedId: b }, actor: a }]);
  expect(await factsOf("match.ended", a)).toHaveLength(1);
  await expect(messages.list(ports, { userId: b, conversationId, limit: 5 })).rejects.toMatchObject({ code: "conversation.ended" });
  const logs = await db<
    { userId: UserId; kind: string }[]
  >`select user_id, kind from user_log where kind = 'block' and ref in (${a}, ${b})`;
  expect(logs).toEqual([{ userId: a, kind: "block" }]);
});

test("both blocking each other at once succeed", async () => {
  const { a, b } = await couple(ports);
  await Promise.all([blocks.create(ports, { blockerId: a, userId: b }), blocks.create(ports, { blockerId: b, userId: a })]);
  expect(await db`select 1 from blocks where blocker_id in (${a}, ${b})`).toHaveLength(2);
});

test("a block takes likes between the two away, with their counts", async () => {
  const [a, b] = [await person(ports), await person(ports)];
  await db`update profiles set discoverable = true where user_id in (${a}, ${b})`;
  await swipes.record(ports, { swiperId: b, targetId: a, action: "like" });
  expect(await db`select likes_count from user_heads where user_id = ${a}`).toEqual([{ likesCount: 1 }]);
  await blocks.create(ports, { blockerId: a, userId: b });
  expect(await db`select likes_count from user_heads where user_id = ${a}`).toEqual([{ likesCount: 0 }]);
  expect(await db`select 1 from likes_inbox where liked_id = ${a}`).toHaveLength(0);
});

test("of a block and the like that would make a match at once, no live match remains", async () => {
  for (let i = 0; i < 20; i++) {
    const [a, b] = [await person(ports), await person(ports)];
    await db`update profiles set discoverable = true where user_id in (${a}, ${b})`;
    await swipes.record(ports, { swiperId: a, targetId: b, action: "like" });
    await Promise.allSettled([
      swipes.record(ports, { swiperId: b, targetId: a, action: "like" }),
      blocks.create(ports, { blockerId: a, userId: b }),
    ]);
    expect(await db`select 1 from matches where ${a} in (lo, hi) and ended_at is null`).toHaveLength(0);
    expect(
      await db`select 1 from members m join conversations c on c.id = m.conversation_id where m.user_id = ${a} and c.ended_at is null`,
    ).toHaveLength(0);
  }
});

test("no user blocks themselves", async () => {
  const a = await person(ports);

  await expect(blocks.create(ports, { blockerId: a, userId: a })).rejects.toMatchObject({ code: "input.invalid" });
});

/** Ids of which a user may not learn whether they have a user: of one who blocked them, a deleted account, one who was never shown, and none. */
async function hiddenFrom(userId: UserId): Promise<UserId[]> {
  const [blocker, deleted, unshown] = [await person(ports, "Mia"), await person(ports, "Mia"), await person(ports, "Mia")];
  for (const other of [blocker, deleted]) await couple(ports, [userId, other]);
  await blocks.create(ports, { blockerId: blocker, userId });
  await db`update users set status = 'deleted' where id = ${deleted}`;
  return [blocker, deleted, unshown, ports.ids.next<UserId>()];
}

test("a block of an unknown or deleted id answers as one of a user who blocked the caller", async () => {
  const a = await person(ports);
  const hidden = await hiddenFrom(a);

  const answers = [];
  for (const userId of hidden) answers.push(await blocks.create(ports, { blockerId: a, userId }));

  expect(answers).toEqual(hidden.map(() => undefined));
  const [, deleted, , unknown] = hidden as [UserId, UserId, UserId, UserId];
  for (const userId of [deleted, unknown]) expect(await factsOf("user.blocked", userId)).toEqual([]);
});

test("the list, the sync and the lifting of blocks are alike for ids with and without a user, and name no user who was not shown", async () => {
  const a = await person(ports);
  const hidden = await hiddenFrom(a);
  const { cursor } = await sync(ports, { userId: a, limit: 100 });

  for (const userId of hidden) {
    await blocks.create(ports, { blockerId: a, userId });
    ports.clock.advance(1000);
  }
  const { items } = await blocks.list(ports, { blockerId: a, limit: 10 });
  const put = await sync(ports, { userId: a, cursor, limit: 100 });
  for (const userId of hidden) await blocks.remove(ports, { blockerId: a, userId });
  const lifted = await sync(ports, { userId: a, cursor: put.cursor, limit: 100 });

  expect(items.map(({ userId, name }) => [userId, name])).toEqual(hidden.toReversed().map((userId) => [userId, ""]));
  expect(put.changes).toEqual(items.toReversed().map(({ userId: id, blockedAt }) => ({ kind: "block", id, blockedAt })));
  expect(lifted.changes).toEqual(hidden.map((id) => ({ kind: "block", id, removed: true })));
  expect((await blocks.list(ports, { blockerId: a, limit: 10 })).items).toEqual([]);
});

test("the engine reads no block of an id without a user", async () => {
  const [a, b] = [await person(ports), await person(ports)];
  for (const userId of [b, ports.ids.next<UserId>()]) await blocks.create(ports, { blockerId: a, userId });

  const read = await readChanges(db, null, async (changes) => {
    const all = [];
    for await (const rows of changes.blocks()) all.push(...rows);
    return all;
  });

  expect(read.filter(({ blockerId }) => blockerId === a)).toEqual([{ blockerId: a, blockedId: b }]);
});

test("the list names a user that the blocker could see, also after a block in return, until the account is deleted", async () => {
  const { a, b } = await couple(ports);
  const listed = async () => (await blocks.list(ports, { blockerId: a, limit: 5 })).items.map(({ userId, name }) => [userId, name]);
  await blocks.create(ports, { blockerId: a, userId: b });
  await blocks.create(ports, { blockerId: b, userId: a });

  expect(await listed()).toEqual([[b, "Ben"]]);
  await db`update users set status = 'deleted' where id = ${b}`;
  expect(await listed()).toEqual([[b, ""]]);
  await db`delete from users where id = ${b}`;
  expect(await listed()).toEqual([[b, ""]]);
});

test("lifting a block is told once, and what the block ended stays ended", async () => {
  const { a, b, matchId } = await couple(ports);
  await blocks.create(ports, { blockerId: a, userId: b });
  await blocks.remove(ports, { blockerId: b, userId: a });
  expect(await blockedBetween(db, a, b)).toBe(true);
  await blocks.remove(ports, { blockerId: a, userId: b });
  await blocks.remove(ports, { blockerId: a, userId: b });
  expect(await blockedBetween(db, a, b)).toBe(false);
  expect(await factsOf("user.unblocked", a)).toHaveLength(1);
  await expect(matches.get(ports, { userId: a, matchId })).rejects.toMatchObject({ code: "match.notFound" });
});

test("the list has the newest block first, and goes on behind its cursor", async () => {
  const a = await person(ports);
  for (const name of ["Ann", "Bea", "Cleo"]) {
    const userId = await person(ports, name);
    await db`update profiles set discoverable = true where user_id = ${userId}`;
    await blocks.create(ports, { blockerId: a, userId });
    ports.clock.advance(1000);
  }
  const first = await blocks.list(ports, { blockerId: a, limit: 2 });
  const second = await blocks.list(ports, { blockerId: a, limit: 2, cursor: first.next ?? undefined });
  expect([...first.items, ...second.items].map((item) => item.name)).toEqual(["Cleo", "Bea", "Ann"]);
  expect(second.next).toBeNull();
});
