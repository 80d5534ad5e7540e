import type { Envelope, EventsTo } from "@pendo/contract/events";
import type { ClientMessageId, SessionId, UserId } from "@pendo/contract/ids";
import { framesOut, type FrameOutName } from "@pendo/contract/sockets";
import { v4 } from "uuid";
import { beforeEach, describe, expect, test } from "vitest";
import * as blocks from "../blocks/blocks.ts";
import { couple, type Couple, person } from "../conversations/couple.fixture.ts";
import * as conversations from "../conversations/conversations.ts";
import * as matches from "../matches/matches.ts";
import * as messages from "../messages/messages.ts";
import { testDb } from "../ports/db/testDb.ts";
import { testPorts } from "../ports/testPorts.ts";
import { revokedBecause } from "../sessions/revoked.ts";
import { sync } from "../sync/sync.ts";
import { connect, disconnect, SOCKETS_MAX } from "./connect.ts";
import { deliver, type RealtimeFact } from "./deliver.ts";
import { stay, unwatch, watch } from "./presence.ts";
import { issue } from "./tickets.ts";
import { setTyping } from "./typing.ts";

const db = testDb();
const ports = testPorts(db);

interface Frame {
  readonly type: FrameOutName;
  readonly data: Readonly<Record<string, unknown>>;
  readonly cursor?: string;
}

beforeEach(async () => {
  await db`delete from outbox`;
});

async function session(userId: UserId): Promise<SessionId> {
  const id = ports.ids.next<SessionId>();
  const at = ports.clock.now();
  await db`insert into sessions (id, user_id, created_at, last_used_at) values (${id}, ${userId}, ${at}, ${at})`;
  return id;
}

/** A socket as a client opens one; its frames must be what the contract says. */
async function open(userId: UserId, sessionId?: SessionId) {
  const connectionId = v4();
  const holder = { userId, sessionId: sessionId ?? (await session(userId)) };
  const { ticket } = await issue(ports, holder);
  const frames: Frame[] = [];
  const state = { closed: false };
  ports.registry.set(connectionId, {
    send: async (text) => {
      const frame = JSON.parse(text) as Frame;
      framesOut[frame.type].parse(frame.data);
      frames.push(frame);
    },
    close: () => (state.closed = true),
  });
  await connect(ports, { ticket, connectionId });
  const take = () => frames.splice(0);
  return { ...holder, connectionId, ticket, take, types: () => take().map((frame) => frame.type), state };
}

/** What the queue would hold now, as it would come. */
async function facts(): Promise<RealtimeFact[]> {
  const all = await ports.facts();
  await db`delete from outbox`;
  const known = new Set<string>(["message.created", "message.updated", "message.deleted", "reaction.changed", "conversation.read", "match.created",
    "match.ended", "like.received", "user.blocked", "media.moderated", "moderation.decided", "session.revoked"]);
  return all.filter((fact): fact is Envelope<EventsTo<"realtime">> => known.has(fact.type));
}

const say = ({ conversationId, a }: Couple, text: string, senderId: UserId = a) =>
  messages.send(ports, { conversationId, senderId, clientMessageId: v4() as ClientMessageId, kind: "text", text });

function fact<E extends RealtimeFact["type"]>(type: E, data: Extract<RealtimeFact, { type: E }>["data"]): RealtimeFact {
  return {
    id: ports.ids.next(), type, version: 1, occurredAt: ports.clock.now().toISOString(), actor: null, traceparent: null, data,
  } as unknown as RealtimeFact;
}

describe("tickets", () => {
  test("a ticket opens one socket, once", async () => {
    const socket = await open(await person(ports));
    await expect(connect(ports, { ticket: socket.ticket, connectionId: "second" })).rejects.toMatchObject({ code: "ticket.invalid" });
    expect(await ports.connections.get(socket.connectionId)).toMatchObject({ userId: socket.userId, sessionId: socket.sessionId });
  });

  test("a ticket of 31 seconds ago, of a revoked session, of a suspended user, or made up, opens nothing", async () => {
    const userId = await person(ports);
    const sessionId = await session(userId);
    const late = await issue(ports, { userId, sessionId });
    expect(late.url).toBe(`ws://127.0.0.1:4000/socket?ticket=${late.ticket}`);
    ports.clock.advance(31_000);
    const revoked = await issue(ports, { userId, sessionId });
    await db`update sessions set revoked_at = ${ports.clock.now()}, revoke_reason = 'logout' where id = ${sessionId}`;
    const suspended = await issue(ports, { userId, sessionId: await session(userId) });
    for (const ticket of [late.ticket, revoked.ticket, "", "x".repeat(43), `${revoked.ticket}x`]) {
      await expect(connect(ports, { ticket, connectionId: "c" })).rejects.toMatchObject({ code: "ticket.invalid" });
    }
    await db`update users set status = 'suspended' where id = ${userId}`;
    await expect(connect(ports, { ticket: suspended.ticket, connectionId: "c" })).rejects.toMatchObject({ code: "ticket.invalid" });
  });

  test("one socket too many closes the oldest", async () => {
    const userId = await person(ports);
    const sockets = [];
    for (let i = 0; i <= SOCKETS_MAX; i++) {
      sockets.push(await open(userId));
      ports.clock.advance(1000);
    }
    expect(sockets.map((socket) => socket.state.closed)).toEqual([true, ...Array.from({ length: SOCKETS_MAX }, () => false)]);
    expect(await ports.connections.ofUser(userId)).toHaveLength(SOCKETS_MAX);
  });
});

describe("frames", () => {
  test("a conversation is told to every socket of both, in order, with a cursor that is theirs", async () => {
    const pair = await couple(ports);
    const [a, b1, b2] = [await open(pair.a), await open(pair.b), await open(pair.b)];
    const { id: messageId } = await say(pair, "hello");
    const pointer = { conversationId: pair.conversationId, messageId };
    await deliver(ports, await facts());

    expect(a.types()).toEqual(["message.created"]);
    expect(b2.types()).toEqual(["message.created"]);
    const [created] = b1.take();
    expect(created).toMatchObject({ type: "message.created", data: { ...pointer, seq: 1, senderId: pair.a, kind: "text", text: "hello" } });
    const synced = await sync(ports, { userId: pair.b, cursor: created?.cursor, limit: 10 });
    expect(synced.changes).toEqual([]);

    await messages.edit(ports, { ...pointer, userId: pair.a, text: "hello!" });
    await messages.react(ports, { ...pointer, userId: pair.b, emoji: "👋" });
    await conversations.read(ports, { conversationId: pair.conversationId, userId: pair.b, seq: 1 });
    await deliver(ports, await facts());
    expect(a.take()).toMatchObject([
      { type: "message.updated", data: { text: "hello!" } },
      { type: "reaction.changed", data: { userId: pair.b, emojis: ["👋"] } },
      { type: "receipt.read", data: { userId: pair.b, readSeq: 1 } },
    ]);
    await messages.remove(ports, { ...pointer, userId: pair.a });
    await deliver(ports, await facts());
    expect(a.types()).toEqual(["message.deleted"]);
  });

  test("a fact that comes twice is told once", async () => {
    const pair = await couple(ports);
    const b = await open(pair.b);
    await say(pair, "hello");
    const batch = await facts();
    await Promise.all([deliver(ports, batch), deliver(ports, batch)]);
    await deliver(ports, [...batch, ...batch]);
    expect(b.types()).toEqual(["message.created"]);
  });

  test("what waited in the queue is not told after a block, an unmatch, a deletion or a hiding", async () => {
    const ended = await couple(ports);
    const blocked = await couple(ports);
    const deleted = await couple(ports);
    const hidden = await couple(ports);
    const sockets = await Promise.all([ended, blocked, deleted, hidden].map((pair) => open(pair.b)));
    await Promise.all([ended, blocked].map((pair) => say(pair, "secret")));
    const gone = await say(deleted, "secret");
    const rude = await say(hidden, "secret");
    const waiting = await facts();
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
    const b = await open(pair.b);
    const { id } = await say(pair, "x");
    await db`update messages set text = ${"\u{1F9E1}".repeat(9000)} where id = ${id}`;
    await deliver(ports, await facts());
    expect(b.types()).toEqual(["nudge"]);
  });

  test("matches, likes, verdicts and decisions reach those they concern", async () => {
    const pair = await couple(ports);
    const [a, b] = [await open(pair.a), await open(pair.b)];
    const { matchId, conversationId } = pair;
    const userIds: [UserId, UserId] = [pair.a, pair.b];
    await db`update user_heads set likes_count = 3 where user_id = ${pair.a}`;
    await deliver(ports, [
      fact("match.created", { matchId, conversationId, userIds }),
      fact("like.received", { likerId: pair.b, likedId: pair.a, action: "like" }),
      fact("media.moderated", { userId: pair.b, mediaId: ports.ids.next(), verdict: "visible" }),
      fact("moderation.decided", { userId: pair.b, decisionId: ports.ids.next() }),
    ]);
    const [created, liked] = a.take();
    expect(created).toMatchObject({ type: "match.created", data: { matchId, conversationId, userId: pair.b } });
    expect(liked).toMatchObject({ type: "like.received", data: { likesCount: 3 } });
    expect(JSON.stringify(liked?.data)).not.toContain(pair.b);
    expect(b.types()).toEqual(["match.created", "media.moderated", "moderation.decided"]);
    await matches.end(ports, { matchId, endedBy: pair.a });
    await deliver(ports, await facts());
    expect([a.types(), b.types()]).toEqual([["match.ended"], ["match.ended"]]);
  });

  test("a socket that is gone is forgotten, and the others still hear", async () => {
    const pair = await couple(ports);
    const [gone, here] = [await open(pair.b), await open(pair.b)];
    ports.registry.delete(gone.connectionId);
    await say(pair, "hello");
    await deliver(ports, await facts());
    expect(here.types()).toEqual(["message.created"]);
    expect((await ports.connections.ofUser(pair.b)).map((each) => each.connectionId)).toEqual([here.connectionId]);
  });

  test("a socket that takes no frame now keeps nobody else from hearing", async () => {
    const pair = await couple(ports);
    const [stuck, here] = [await open(pair.b), await open(pair.b)];
    ports.registry.set(stuck.connectionId, { send: () => Promise.reject(new Error("no")), close: () => {} });
    await say(pair, "hello");
    await deliver(ports, await facts());
    expect(here.types()).toEqual(["message.created"]);
  });

  test("a revoked session's sockets are told and closed, as often as it is said; others stay open", async () => {
    const userId = await person(ports);
    const [ended, other] = [await open(userId), await open(userId)];
    await db`update sessions set revoked_at = ${ports.clock.now()}, revoke_reason = 'suspended' where id = ${ended.sessionId}`;
    const revoked = fact("session.revoked", { userId, sessionId: ended.sessionId });
    await deliver(ports, [revoked]);
    expect(ended.types()).toEqual(["session.revoked"]);
    expect([ended.state.closed, other.state.closed]).toEqual([true, false]);
    expect((await ports.connections.ofUser(userId)).map((each) => each.connectionId)).toEqual([other.connectionId]);
    expect(await revokedBecause(ports.cache, ended.sessionId)).toBe("suspended");
    const again = await open(userId).then(async (socket) => {
      await ports.connections.add({ connectionId: "stale", userId, sessionId: ended.sessionId, connectedAt: ports.clock.now() });
      await deliver(ports, [revoked]);
      return socket;
    });
    expect(again.state.closed).toBe(false);
    expect(await ports.connections.get("stale")).toBeNull();
  });
});

describe("presence and typing", () => {
  test("a match that watches hears of the first socket that opens and the last that closes", async () => {
    const pair = await couple(ports);
    const b = await open(pair.b);
    expect(await watch(ports, { userId: pair.b, targetIds: [pair.a] })).toEqual([{ userId: pair.a, online: false }]);
    const first = await open(pair.a);
    const second = await open(pair.a);
    expect(b.take()).toEqual([{ type: "presence.changed", data: { userId: pair.a, online: true } }]);
    expect(await watch(ports, { userId: pair.b, targetIds: [pair.a, pair.a] })).toEqual([{ userId: pair.a, online: true }]);
    await disconnect(ports, first);
    await disconnect(ports, first);
    expect(b.take()).toEqual([]);
    await disconnect(ports, second);
    expect(b.take()).toEqual([{ type: "presence.changed", data: { userId: pair.a, online: false } }]);
    await unwatch(ports, { userId: pair.b, targetIds: [pair.a] });
    await open(pair.a);
    expect(b.take()).toEqual([]);
  });

  test("a socket that neither pings nor closes stops counting; one that pings goes on", async () => {
    const pair = await couple(ports);
    await open(pair.a);
    const online = async () => (await watch(ports, { userId: pair.b, targetIds: [pair.a] }))[0]?.online;
    ports.clock.advance(600_000);
    await stay(ports, pair.a);
    ports.clock.advance(600_000);
    expect(await online()).toBe(true);
    ports.clock.advance(61_000);
    expect(await online()).toBe(false);
  });

  test("only matches can be watched", async () => {
    const pair = await couple(ports);
    const stranger = await person(ports);
    await expect(watch(ports, { userId: pair.a, targetIds: [pair.b, stranger] })).rejects.toMatchObject({ code: "user.notFound" });
  });

  test("a block ends presence and typing at once, both ways, and tells the blocked one nothing but the end of the match", async () => {
    const pair = await couple(ports);
    const [a, b] = [await open(pair.a), await open(pair.b)];
    await watch(ports, { userId: pair.a, targetIds: [pair.b] });
    await watch(ports, { userId: pair.b, targetIds: [pair.a] });
    await blocks.put(ports, { blockerId: pair.a, userId: pair.b });
    await deliver(ports, await facts());
    expect(a.types().toSorted()).toEqual(["match.ended", "nudge", "presence.changed"]);
    expect(b.types().toSorted()).toEqual(["match.ended", "presence.changed"]);
    await disconnect(ports, a);
    await open(pair.a);
    expect(b.take()).toEqual([]);
    const typing = { conversationId: pair.conversationId, typing: true };
    for (const userId of [pair.a, pair.b]) {
      await expect(setTyping(ports, { ...typing, userId })).rejects.toMatchObject({ code: "conversation.ended" });
      await expect(watch(ports, { userId, targetIds: [userId === pair.a ? pair.b : pair.a] })).rejects.toMatchObject({ code: "user.notFound" });
    }
  });

  test("typing is shown to the other alone, and a stranger can't", async () => {
    const pair = await couple(ports);
    const [a, b] = [await open(pair.a), await open(pair.b)];
    await setTyping(ports, { userId: pair.a, conversationId: pair.conversationId, typing: true });
    expect(b.take()).toEqual([{ type: "typing", data: { conversationId: pair.conversationId, userId: pair.a, typing: true } }]);
    expect(a.take()).toEqual([]);
    const stranger = { userId: await person(ports), conversationId: pair.conversationId, typing: true };
    await expect(setTyping(ports, stranger)).rejects.toMatchObject({ code: "conversation.notFound" });
  });
});
