import type { NotificationId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { couple, person } from "../conversations/couple.fixture.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { sync } from "../sync/sync.ts";
import { messaged, write } from "./notices.fixture.ts";
import * as notifications from "./notifications.ts";

const db = testDb();
const ports = testPorts(db);

/** Somebody to whom so many people have written, one after another. */
async function popular(count: number): Promise<UserId> {
  const userId = await person(ports, "Pop");
  for (let i = 0; i < count; i++) {
    const pair = await couple(ports, [await person(ports), userId]);
    await messaged(ports, await write(ports, pair));
  }
  return userId;
}

const unread = async (userId: UserId) =>
  (await notifications.list(ports, { userId, limit: 100 })).items.filter((item) => item.readAt === null).map((item) => item.id);

test("GET /v1/notifications answers newest first, in pages that neither skip nor repeat, and nobody else's", async () => {
  const userId = await popular(7);
  // Some at the very same moment.
  await db`update notifications set updated_at = (select max(updated_at) from notifications where user_id = ${userId}) where user_id = ${userId} and id < (
    select id from notifications where user_id = ${userId} order by id offset 4 limit 1)`;
  const whole = await notifications.list(ports, { userId, limit: 100 });
  expect(whole.items).toHaveLength(7);
  expect(whole.next).toBeNull();
  expect(whole.items.map((item) => item.updatedAt)).toEqual(
    whole.items
      .map((item) => item.updatedAt)
      .toSorted()
      .toReversed(),
  );
  const seen = [];
  let cursor: string | undefined;
  do {
    const page = await notifications.list(ports, { userId, limit: 2, cursor });
    seen.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(whole.items);
  expect(whole.items[0]).toEqual({
    id: expect.any(String),
    kind: "message",
    eventCount: 1,
    readAt: null,
    refs: { userId: expect.any(String), conversationId: expect.any(String), messageId: expect.any(String), seq: 1 },
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  });
  expect((await notifications.list(ports, { userId: await person(ports), limit: 10 })).items).toEqual([]);
  await expect(notifications.list(ports, { userId, limit: 2, cursor: "nonsense" })).rejects.toMatchObject({ code: "input.invalid" });
});

test("what is about a conversation that has ended is not shown any more", async () => {
  const userId = await popular(2);
  await db`update conversations set ended_at = now() where id = (select conversation_id from members where user_id = ${userId} limit 1)`;
  expect((await notifications.list(ports, { userId, limit: 10 })).items).toHaveLength(1);
});

test("PUT /v1/notifications/read marks the given ones once, and each is in the log", async () => {
  const userId = await popular(3);
  const [first, second, third] = (await unread(userId)) as [NotificationId, NotificationId, NotificationId];
  const { cursor } = await sync(ports, { userId, limit: 100 });
  expect(await notifications.markRead(ports, { userId, ids: [first, second, first] })).toEqual({ readCount: 2 });
  expect(await notifications.markRead(ports, { userId, ids: [first] })).toEqual({ readCount: 0 });
  expect(await unread(userId)).toEqual([third]);
  const { changes } = await sync(ports, { userId, cursor, limit: 100 });
  expect(changes.map((change) => "id" in change && change.id).toSorted()).toEqual([first, second].toSorted());
});

test("PUT /v1/notifications/read answers notification.notFound for somebody else's, and marks none then", async () => {
  const [mine, theirs] = [await popular(1), await popular(1)];
  const ids = [...(await unread(mine)), ...(await unread(theirs))];
  await expect(notifications.markRead(ports, { userId: mine, ids })).rejects.toMatchObject({ code: "notification.notFound" });
  expect([...(await unread(mine)), ...(await unread(theirs))]).toEqual(ids);
});

test("PUT /v1/notifications/read marks all up to a time, also from two devices at once", async () => {
  const userId = await popular(4);
  const [newest] = (await notifications.list(ports, { userId, limit: 1 })).items;
  const upTo = newest?.updatedAt ?? "";
  const before = new Date(Date.parse(upTo) - 1).toISOString();
  expect((await notifications.markRead(ports, { userId, upTo: before })).readCount).toBe(3);
  const both = await Promise.all([notifications.markRead(ports, { userId, upTo }), notifications.markRead(ports, { userId, upTo })]);
  expect(both.map(({ readCount }) => readCount).toSorted()).toEqual([0, 1]);
  expect(await unread(userId)).toEqual([]);
});

test("PUT /v1/notifications/read answers input.invalid for neither and for both", async () => {
  const userId = await person(ports);
  await expect(notifications.markRead(ports, { userId })).rejects.toMatchObject({ code: "input.invalid" });
  await expect(notifications.markRead(ports, { userId, ids: [ports.ids.next()], upTo: "2026-01-01T00:00:00Z" })).rejects.toMatchObject({
    code: "input.invalid",
  });
});
