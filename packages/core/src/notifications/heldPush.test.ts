import { pushKinds } from "@pendo/contract/notification";
import type { UserId } from "@pendo/contract/ids";
import { beforeEach, describe, expect, test } from "vitest";
import { couple } from "../conversations/couple.fixture.ts";
import * as conversations from "../conversations/conversations.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { disconnect } from "../realtime/connect.ts";
import { deliver } from "../realtime/deliver.ts";
import { facts, open } from "../realtime/socket.fixture.ts";
import { addPhone, messaged, newest, phones, write } from "./notices.fixture.ts";
import * as notices from "./notices.ts";
import { AT_ONCE_MAX, planOf } from "./push.ts";
import { release, releaseHeld, releaseOf } from "./release.ts";

const db = testDb();
const base = testPorts(db);
beforeEach(() => db`delete from outbox`);

/** A couple of whom the second has a phone, and a laptop whose socket is open. */
async function scene() {
  const push = phones();
  const ports = { ...base, push };
  const pair = await couple(ports);
  await addPhone(ports, pair.b);
  const laptop = await open(ports, pair.b);
  return { ports, pair, laptop, notes: push.notes };
}
const held = async () => (await newest(base, "push.held")).data;

describe("while a socket counts as online", () => {
  test("a push is held, and sent after 30 s when the message is still unread", async () => {
    const { ports, pair, notes } = await scene();
    await messaged(ports, await write(ports, pair));
    ports.clock.advance(10_000);
    await release(ports);
    await releaseHeld(ports, await held());
    expect(notes).toEqual([]);

    ports.clock.advance(20_000);
    await releaseHeld(ports, await held());
    await release(ports);
    expect(notes).toMatchObject([{ body: "sent you a message" }]);
  });

  test("a push that the delayed fact did not release leaves by the schedule", async () => {
    const { ports, pair, notes } = await scene();
    await messaged(ports, await write(ports, pair));
    ports.clock.advance(31_000);
    await Promise.all([release(ports), release(ports)]);
    expect(notes).toHaveLength(1);
  });

  test("further messages do not make the first wait longer, and wait for one fact", async () => {
    const { ports, pair, notes } = await scene();
    for (let i = 0; i < 6; i++) {
      await messaged(ports, await write(ports, pair));
      ports.clock.advance(6000);
    }
    expect(await ports.facts("push.held")).toHaveLength(1);
    await releaseHeld(ports, await held());
    expect(notes).toMatchObject([{ body: "sent you 6 messages" }]);
  });

  test("what is read meanwhile is not pushed", async () => {
    const { ports, pair, notes } = await scene();
    const fact = await write(ports, pair);
    await messaged(ports, fact);
    await conversations.markRead(ports, { conversationId: pair.conversationId, userId: pair.b, messageId: fact.data.messageId });
    ports.clock.advance(31_000);
    await releaseHeld(ports, await held());
    await release(ports);
    expect(notes).toEqual([]);
  });

  test.each(pushKinds)("a push of kind %s is held", (kind) => {
    const at = base.clock.now();
    const userId = base.ids.next<UserId>();
    const candidate = { userId, kind, wanted: true, quietFrom: null, quietTo: null, timeZone: "UTC", pushedAt: null, pushDueAt: null };
    expect(planOf(candidate as never, { at, online: new Set([userId]) })).toEqual({ kind: "hold", until: new Date(at.getTime() + 30_000) });
    expect(planOf(candidate as never, { at, online: new Set() })).toEqual({ kind: "push" });
  });
});

describe("when the last socket goes", () => {
  test("a held push is sent at once; while another is open it waits", async () => {
    const { ports, pair, laptop, notes } = await scene();
    const tablet = await open(ports, pair.b);
    await messaged(ports, await write(ports, pair));
    await disconnect(ports, laptop);
    expect(await ports.facts("socket.lost")).toEqual([]);
    await disconnect(ports, tablet);
    await releaseOf(ports, (await newest(ports, "socket.lost")).data);
    expect(notes).toHaveLength(1);
  });

  test("each further message leaves at once as well, however short before one was pushed", async () => {
    const { ports, pair, laptop, notes } = await scene();
    let socket = laptop;
    for (let i = 1; i <= AT_ONCE_MAX + 3; i++) {
      await messaged(ports, await write(ports, pair));

      await disconnect(ports, socket);
      await releaseOf(ports, (await newest(ports, "socket.lost")).data);

      expect(notes).toHaveLength(i);
      ports.clock.advance(2000);
      socket = await open(ports, pair.b);
    }
  });

  test("without a farewell, and a frame finds it gone, a held push is sent at once", async () => {
    const { ports, pair, laptop, notes } = await scene();
    const message = await write(ports, pair);
    await messaged(ports, message);
    ports.registry.delete(laptop.connectionId);
    await deliver(
      ports,
      (await facts(ports)).filter(({ id }) => id === message.id),
    );
    await releaseOf(ports, (await newest(ports, "socket.lost")).data);
    expect(notes).toHaveLength(1);
  });

  test("a user who is back by then has the time to read", async () => {
    const { ports, pair, laptop, notes } = await scene();
    await messaged(ports, await write(ports, pair));
    await disconnect(ports, laptop);
    await open(ports, pair.b);
    await releaseOf(ports, (await newest(ports, "socket.lost")).data);
    expect(notes).toEqual([]);
  });

  test("nothing is emitted where no push is held", async () => {
    const { ports, laptop } = await scene();
    await disconnect(ports, laptop);
    expect(await ports.facts("socket.lost")).toEqual([]);
  });
});

describe("without a socket", () => {
  test("each of five messages is pushed at once, under the key of its conversation; what follows is pushed every 30 s", async () => {
    const push = phones();
    const ports = { ...base, push };
    const pair = await couple(ports);
    await addPhone(ports, pair.b);
    for (let i = 1; i <= AT_ONCE_MAX; i++) {
      await messaged(ports, await write(ports, pair));
      expect(push.notes).toHaveLength(i);
    }
    expect(new Set(push.notes.map(({ collapseKey }) => collapseKey))).toEqual(new Set([`message:${pair.conversationId}`]));

    for (let i = 0; i < 3; i++) await messaged(ports, await write(ports, pair));
    expect(push.notes).toHaveLength(AT_ONCE_MAX);
    ports.clock.advance(31_000);
    await release(ports);
    const own = push.notes.filter(({ threadId }) => threadId === pair.conversationId);
    expect(own.slice(AT_ONCE_MAX)).toMatchObject([{ body: `sent you ${AT_ONCE_MAX + 3} messages` }]);
  });
});

test("a push carries the user's unread messages as its badge, and the conversation as its thread", async () => {
  const push = phones();
  const ports = { ...base, push };
  const pair = await couple(ports);
  const other = await couple(ports, [pair.b, (await couple(ports)).a]);
  await addPhone(ports, pair.b);
  await write(ports, { ...other, a: other.b, b: other.a });
  await messaged(ports, await write(ports, pair));
  expect(push.notes).toMatchObject([{ badge: 2, threadId: pair.conversationId, collapseKey: `message:${pair.conversationId}` }]);

  const liker = (await couple(ports)).a;
  await db`insert into likes_inbox (liked_id, liker_id, action, liked_at) values (${pair.b}, ${liker}, 'like', now())`;
  await notices.liked(ports, { factId: ports.ids.next(), likerId: liker, likedId: pair.b, action: "like" });
  expect(push.notes[1]).toMatchObject({ badge: 2, threadId: "like" });
});
