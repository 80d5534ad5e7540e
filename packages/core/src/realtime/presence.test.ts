import { describe, expect, test } from "vitest";
import * as blocks from "../blocks/blocks.ts";
import { couple, person } from "../conversations/couple.fixture.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { disconnect } from "./connect.ts";
import { deliver } from "./deliver.ts";
import { stay, unwatch, watch } from "./presence.ts";
import { facts, open } from "./socket.fixture.ts";
import { setTyping } from "./typing.ts";

const db = testDb();
const ports = testPorts(db);

describe("presence and typing", () => {
  test("a match that watches hears of the first socket that opens and the last that closes", async () => {
    const pair = await couple(ports);
    const b = await open(ports, pair.b);
    expect(await watch(ports, { userId: pair.b, targetIds: [pair.a] })).toEqual([{ userId: pair.a, online: false }]);
    const first = await open(ports, pair.a);
    const second = await open(ports, pair.a);
    expect(b.take()).toEqual([{ type: "presence.changed", data: { userId: pair.a, online: true } }]);
    expect(await watch(ports, { userId: pair.b, targetIds: [pair.a, pair.a] })).toEqual([{ userId: pair.a, online: true }]);
    await disconnect(ports, first);
    await disconnect(ports, first);
    expect(b.take()).toEqual([]);
    await disconnect(ports, second);
    expect(b.take()).toEqual([{ type: "presence.changed", data: { userId: pair.a, online: false } }]);
    await unwatch(ports, { userId: pair.b, targetIds: [pair.a] });
    await open(ports, pair.a);
    expect(b.take()).toEqual([]);
  });

  test("a socket that neither pings nor closes stops counting; one that pings goes on", async () => {
    const pair = await couple(ports);
    await open(ports, pair.a);
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
    const [a, b] = [await open(ports, pair.a), await open(ports, pair.b)];
    await watch(ports, { userId: pair.a, targetIds: [pair.b] });
    await watch(ports, { userId: pair.b, targetIds: [pair.a] });
    await blocks.create(ports, { blockerId: pair.a, userId: pair.b });
    await deliver(ports, await facts(ports));
    expect(a.types().toSorted()).toEqual(["match.ended", "nudge", "presence.changed"]);
    expect(b.types().toSorted()).toEqual(["match.ended", "presence.changed"]);
    await disconnect(ports, a);
    await open(ports, pair.a);
    expect(b.take()).toEqual([]);
    const typing = { conversationId: pair.conversationId, typing: true };
    for (const userId of [pair.a, pair.b]) {
      await expect(setTyping(ports, { ...typing, userId })).rejects.toMatchObject({ code: "conversation.ended" });
      await expect(watch(ports, { userId, targetIds: [userId === pair.a ? pair.b : pair.a] })).rejects.toMatchObject({
        code: "user.notFound",
      });
    }
  });

  test("typing is shown to the other alone, and a stranger can't", async () => {
    const pair = await couple(ports);
    const [a, b] = [await open(ports, pair.a), await open(ports, pair.b)];
    await setTyping(ports, { userId: pair.a, conversationId: pair.conversationId, typing: true });
    expect(b.take()).toEqual([{ type: "typing", data: { conversationId: pair.conversationId, userId: pair.a, typing: true } }]);
    expect(a.take()).toEqual([]);
    const stranger = { userId: await person(ports), conversationId: pair.conversationId, typing: true };
    await expect(setTyping(ports, stranger)).rejects.toMatchObject({ code: "conversation.notFound" });
  });
});
