import type { UserId } from "@pendo/contract/ids";
import { beforeEach, describe, expect, test } from "vitest";
import { couple, person } from "../conversations/couple.fixture.ts";
import * as conversations from "../conversations/conversations.ts";
import { Fault } from "../fault.ts";
import * as matches from "../matches/matches.ts";
import * as messages from "../messages/messages.ts";
import * as reactions from "../messages/reactions.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { revokedBecause } from "../rules/revoked.ts";
import { sync } from "../sync/sync.ts";
import { deliver } from "./deliver.ts";
import { fact, facts, open, say } from "./socket.fixture.ts";

const db = testDb();
const ports = testPorts(db);

beforeEach(async () => {
  await db`delete from outbox`;
});

describe("frames", () => {
  test("a conversation is told to every socket of both, in order, with a cursor that is theirs", async () => {
    const pair = await couple(ports);
    const [a, b1, b2] = [await open(ports, pair.a), await open(ports, pair.b), await open(ports, pair.b)];
    const { id: messageId } = await say(ports, pair, "hello");
    const pointer = { conversationId: pair.conversationId, messageId };
    await deliver(ports, await facts(ports));

    expect(a.types()).toEqual(["message.created"]);
    expect(b2.types()).toEqual(["message.created"]);
    const [created] = b1.take();
    expect(created).toMatchObject({ type: "message.created", data: { ...pointer, seq: 1, senderId: pair.a, kind: "text", text: "hello" } });
    const synced = await sync(ports, { userId: pair.b, cursor: created?.cursor, limit: 10 });
    expect(synced.changes).toEqual([]);

    await messages.update(ports, { ...pointer, userId: pair.a, text: "hello!" });
    await reactions.add(ports, { ...pointer, userId: pair.b, emoji: "👋" });
    await conversations.markRead(ports, { ...pointer, userId: pair.b });
    await deliver(ports, await facts(ports));
    expect(a.take()).toMatchObject([
      { type: "message.updated", data: { text: "hello!" } },
      { type: "reaction.changed", data: { userId: pair.b, emojis: ["👋"] } },
      { type: "receipt.read", data: { userId: pair.b, readSeq: 1 } },
    ]);
    await messages.remove(ports, { ...pointer, userId: pair.a });
    await deliver(ports, await facts(ports));
    expect(a.types()).toEqual(["message.deleted"]);
  });

  test("a fact that comes twice is told once", async () => {
    const pair = await couple(ports);
    const b = await open(ports, pair.b);
    await say(ports, pair, "hello");
    const batch = await facts(ports);
    await Promise.all([deliver(ports, batch), deliver(ports, batch)]);
    await deliver(ports, [...batch, ...batch]);
    expect(b.types()).toEqual(["message.created"]);
  });

  test("a fact whose telling failed is told by the queue's retry, and then no more", async () => {
    const pair = await couple(ports);
    const b = await open(ports, pair.b);
    await say(ports, pair, "hello");
    const batch = await facts(ports);
    const away = { ...ports, connections: { ...ports.connections, ofUser: () => Promise.reject(new Fault("store.unavailable")) } };
    await expect(deliver(away, batch)).rejects.toMatchObject({ code: "store.unavailable" });
    await deliver(ports, batch);
    await deliver(ports, batch);
    expect(b.types()).toEqual(["message.created"]);
  });

  test("where the cache goes away as well, the queue hears why telling failed", async () => {
    const pair = await couple(ports);
    await say(ports, pair, "hello");
    const away = {
      ...ports,
      connections: { ...ports.connections, ofUser: () => Promise.reject(new Error("no sockets")) },
      cache: { ...ports.cache, remove: () => Promise.reject(new Error("no cache")) },
    };
    await expect(deliver(away, await facts(ports))).rejects.toThrow("no sockets");
  });

  test("what waited in the queue is not told after a block, an unmatch, a deletion or a hiding", async () => {
    const ended = await couple(ports);
    const blocked = await couple(ports);
    const deleted = await couple(ports);
    const hidden = await couple(ports);
    const sockets = await Promise.all([ended, blocked, deleted, hidden].map((pair) => open(ports, pair.b)));
    await Promise.all([ended, blocked].map((pair) => say(ports, pair, "secret")));
    const gone = await say(ports, deleted, "secret");
    const rude = await say(ports, hidden, "secret");
    const waiting = await facts(ports);
    await matches.end(ports, { matchId: ended.matchId, endedBy: ended.a });
    await db`insert into blocks (blocker_id, blocked_id, created_at) values (${blocked.a}, ${blocked.b}, ${ports.clock.now()})`;
    await messages.remove(ports, { conversationId: deleted.conversationId, messageId: gone.id, userId: deleted.a });
    await db`update messages set state = 'hidden' where id = ${rude.id}`;

    await deliver(ports, waiting);

    const frames = sockets.map((socket) => socket.take());
    expect(JSON.stringify(frames)).not.toContain("secret");
    expect(frames.map((each) => each.map((frame) => frame.type))).toEqual([[], [], ["message.deleted"], ["nudge"]]);
  });

  test("a message that does not fit a frame is a nudge", async () => {
    const pair = await couple(ports);
    const b = await open(ports, pair.b);
    const { id } = await say(ports, pair, "x");
    await db`update messages set text = ${"\u{1F9E1}".repeat(9000)} where id = ${id}`;
    await deliver(ports, await facts(ports));
    expect(b.types()).toEqual(["nudge"]);
  });

  test("matches, likes, verdicts and decisions reach those they concern", async () => {
    const pair = await couple(ports);
    const [a, b] = [await open(ports, pair.a), await open(ports, pair.b)];
    const { matchId, conversationId } = pair;
    const userIds: [UserId, UserId] = [pair.a, pair.b];
    await db`update user_heads set likes_count = 3 where user_id = ${pair.a}`;
    await deliver(ports, [
      fact(ports, "match.created", { matchId, conversationId, userIds }),
      fact(ports, "like.received", { likerId: pair.b, likedId: pair.a, action: "like" }),
      fact(ports, "media.moderated", { userId: pair.b, mediaId: ports.ids.next(), verdict: "visible" }),
      fact(ports, "moderation.decided", { userId: pair.b, decisionId: ports.ids.next() }),
    ]);
    const [created, liked] = a.take();
    expect(created).toMatchObject({ type: "match.created", data: { matchId, conversationId, userId: pair.b } });
    expect(liked).toMatchObject({ type: "like.received", data: { likesCount: 3 } });
    expect(JSON.stringify(liked?.data)).not.toContain(pair.b);
    expect(b.types()).toEqual(["match.created", "media.moderated", "moderation.decided"]);
    await matches.end(ports, { matchId, endedBy: pair.a });
    await deliver(ports, await facts(ports));
    expect([a.types(), b.types()]).toEqual([["match.ended"], ["match.ended"]]);
  });

  test("a socket that is gone is forgotten, and the others still hear", async () => {
    const pair = await couple(ports);
    const [gone, here] = [await open(ports, pair.b), await open(ports, pair.b)];
    ports.registry.delete(gone.connectionId);
    await say(ports, pair, "hello");
    await deliver(ports, await facts(ports));
    expect(here.types()).toEqual(["message.created"]);
    expect((await ports.connections.ofUser(pair.b)).map((each) => each.connectionId)).toEqual([here.connectionId]);
  });

  test("a socket that takes no frame now keeps nobody else from hearing", async () => {
    const pair = await couple(ports);
    const [stuck, here] = [await open(ports, pair.b), await open(ports, pair.b)];
    ports.registry.set(stuck.connectionId, { send: () => Promise.reject(new Error("no")), close: () => {} });
    await say(ports, pair, "hello");
    await deliver(ports, await facts(ports));
    expect(here.types()).toEqual(["message.created"]);
  });

  test("a revoked session's sockets are told and closed, as often as it is said; others stay open", async () => {
    const userId = await person(ports);
    const [ended, other] = [await open(ports, userId), await open(ports, userId)];
    await db`update sessions set revoked_at = ${ports.clock.now()}, revoke_reason = 'suspended' where id = ${ended.sessionId}`;
    const revoked = fact(ports, "session.revoked", { userId, sessionId: ended.sessionId });
    await deliver(ports, [revoked]);
    expect(ended.types()).toEqual(["session.revoked"]);
    expect([ended.state.closed, other.state.closed]).toEqual([true, false]);
    expect((await ports.connections.ofUser(userId)).map((each) => each.connectionId)).toEqual([other.connectionId]);
    expect(await revokedBecause(ports.cache, ended.sessionId)).toBe("suspended");
    const again = await open(ports, userId).then(async (socket) => {
      await ports.connections.add({ connectionId: "stale", userId, sessionId: ended.sessionId, connectedAt: ports.clock.now() });
      await deliver(ports, [revoked]);
      return socket;
    });
    expect(again.state.closed).toBe(false);
    expect(await ports.connections.get("stale")).toBeNull();
  });
});
