import { type Frame, type Live, live } from "@pendo/client/live";
import { release } from "@pendo/core/notifications/release";
import { memoryCache } from "@pendo/core/ports/cache/memory";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import { outboxPush } from "@pendo/local/push/outbox";
import { expect, test } from "vitest";
import type { Person } from "../people/person.ts";
import { type PlantedCouple, plantCouples } from "./planted.ts";
import { world } from "./world.ts";

const here = world();
/** How long a block may take; on a busy machine ten times as long as to ask every surface once. */
const WITHIN_MS = 2000;

/** A place where one may see or reach the other: whether that is still so. */
type Surface = () => Promise<boolean>;

interface Connected extends Person {
  readonly socket: Live;
  readonly frames: Frame[];
}

test.each(["one blocks the others", "the others block the one"])(
  "a block takes effect on every surface within 2 s, both ways: %s",
  async (who) => {
    const [ann, bob, cy, dee] = (await Promise.all(["Annabel", "Bobbie", "Cyprian", "Deedee"].map((name) => here.person({ name })))) as [
      Person,
      Person,
      Person,
      Person,
    ];
    await ann.client.swipes.record({ targetId: bob.userId, action: "like" });
    const { conversationId, matchId } = await bob.client.swipes.record({ targetId: ann.userId, action: "like" });
    if (!conversationId || !matchId) throw new Error("Two likes made no match.");
    await cy.client.swipes.record({ targetId: ann.userId, action: "like" });
    const [a, b] = await Promise.all([connected(ann), connected(bob)]);
    await a.socket.send("presence.subscribe", { userIds: [b.userId] });

    const both = (name: string, of: (me: Connected, other: Connected) => Promise<unknown>): [string, Surface][] => [
      [`${name}, one way`, seen(() => of(a, b))],
      [`${name}, the other way`, seen(() => of(b, a))],
    ];
    const strangers = (name: string, of: (me: Person, other: Person) => Promise<boolean>): [string, Surface][] => [
      [`${name}, one way`, seen(() => of(ann, dee))],
      [`${name}, the other way`, seen(() => of(dee, ann))],
    ];
    const has = <T>(items: readonly T[], is: (item: T) => boolean): boolean => items.some(is);
    const surfaces: [string, Surface][] = [
      ...both("message over HTTP", (me) => me.client.messages.send({ conversationId, messageId: ids.next(), text: "Hello" })),
      ...both("message over the socket", (me) =>
        me.socket.send("message.send", { conversationId, clientMessageId: ids.next() as never, text: "Hello" }),
      ),
      ...both("messages", (me) => me.client.messages.list({ conversationId })),
      ...both("conversation", (me) => me.client.conversations.get({ conversationId })),
      ...both("conversations", async (me) => has((await me.client.conversations.list()).items, ({ id }) => id === conversationId)),
      ...both("matches", async (me) => has((await me.client.matches.list()).items, (match) => match.id === matchId)),
      ...both("typing", (me) => me.socket.send("typing.set", { conversationId, typing: true })),
      ...both("presence", (me, other) => me.socket.send("presence.subscribe", { userIds: [other.userId] })),
      ...both("profile of a match", (me, other) => me.client.profiles.get({ userId: other.userId })),
      ...both("sync", async (me) =>
        has(
          (await me.client.sync.sync({ limit: 200 })).changes,
          (change) => change.kind === "match" && change.id === matchId && "match" in change,
        ),
      ),
      ...strangers("deck that was dealt", async (me, other) =>
        has((await me.client.discovery.listRecommendations({ limit: 20 })).items, ({ id }) => id === other.userId),
      ),
      ...strangers("search", async (me, other) =>
        has((await me.client.discovery.search({ text: other === ann ? "Annabel" : "Deedee" })).items, ({ id }) => id === other.userId),
      ),
      ...strangers(
        "profile of a stranger",
        async (me, other) => (await me.client.profiles.get({ userId: other.userId })).id === other.userId,
      ),
      ["like received", async () => has((await ann.client.likes.listIncoming()).items, ({ user }) => user.id === cy.userId)],
      ["like given", async () => has((await cy.client.likes.listOutgoing()).items, ({ user }) => user.id === ann.userId)],
      ["count of likes", async () => (await ann.client.sync.sync({ limit: 1 })).counts.likes === 1],
    ];
    const open = async (): Promise<string[]> =>
      (await Promise.all(surfaces.map(async ([name, surface]) => ((await surface()) ? [name] : [])))).flat();
    const askedMs = performance.now();
    expect(await open()).toEqual(surfaces.map(([name]) => name));
    const withinMs = Math.max(WITHIN_MS, 10 * (performance.now() - askedMs));
    await here.settled();

    const blocks: [Person, Person][] = [bob, cy, dee].map((other) => (who.startsWith("one") ? [ann, other] : [other, ann]));
    await Promise.all(blocks.map(([blocker, { userId }]) => blocker.client.blocks.create({ userId })));
    const blockedMs = performance.now();
    const closedMs = new Map<string, number>();
    await Promise.all(
      surfaces.map(async ([name, surface]) => {
        while ((await surface()) && performance.now() - blockedMs < withinMs) await new Promise((resolve) => setTimeout(resolve, 10));
        closedMs.set(name, performance.now() - blockedMs);
      }),
    );
    // Whoever watched the other's presence sees them go.
    await expect
      .poll(() => a.frames.findLast((frame) => frame.type === "presence.changed")?.data, { timeout: withinMs })
      .toEqual({ userId: b.userId, online: false });
    closedMs.set("presence that was watched", performance.now() - blockedMs);
    const [slowest, ms] = [...closedMs].toSorted(([, x], [, y]) => y - x)[0] ?? ["", Infinity];
    process.stdout.write(
      `Blocked everywhere within ${ms.toFixed(0)} ms (all of ${surfaces.length + 1} surfaces asked at once; the slowest: ${slowest}).\n`,
    );
    expect(ms).toBeLessThan(withinMs);
    expect(await open()).toEqual([]);

    // Nothing gets through either, not even to sockets that were open all along, and no like can be given any more.
    await here.settled();
    const before = [a.frames.length, b.frames.length];
    for (const [me, other] of [
      [ann, bob],
      [ann, cy],
      [ann, dee],
      [bob, ann],
      [cy, ann],
      [dee, ann],
    ] as const) {
      await expect(me.client.swipes.record({ targetId: other.userId, action: "like" })).rejects.toMatchObject({ code: "profile.notFound" });
    }
    await open();
    await here.settled();
    const later = [...a.frames.slice(before[0]), ...b.frames.slice(before[1])].filter(({ type }) => type !== "error");
    expect(later).toEqual([]);
    b.socket.close();
    await connected(bob).then(({ socket }) => socket.close());
    expect(a.frames.slice(before[0]).filter(({ type }) => type === "presence.changed")).toEqual([]);
    a.socket.close();
    expect(here.log).toEqual([]);
  },
);

test("a push that waits for its time never comes once either has blocked the other", async () => {
  const { db, bus, clock } = here.host;
  const couples = (await plantCouples(here.place, 3)) as [PlantedCouple, PlantedCouple, PlantedCouple];
  for (const [i, { ann }] of couples.entries())
    await ann.client.devices.replacePushToken({ deviceId: `device-of-${i}`, platform: "ios", token: String(i).padStart(64, "0") });
  const say = async (): Promise<void> => {
    for (const { bob, conversationId } of couples) await bob.client.messages.send({ conversationId, messageId: ids.next(), text: "Hello" });
    await here.settled();
  };
  const pushes = async (): Promise<number[]> =>
    await Promise.all(
      couples.map(
        async (_, i) =>
          (await db`select from local_outbox where kind = 'push' and recipient like ${`%${String(i).padStart(64, "0")}%`}`).length,
      ),
    );
  for (let i = 0; i < 5; i++) await say();
  expect(await pushes()).toEqual([5, 5, 5]);
  // The sixth within half a minute is held back.
  await say();
  expect(await pushes()).toEqual([5, 5, 5]);
  const [first, second] = couples;
  await first.ann.client.blocks.create({ userId: first.bob.userId });
  await second.bob.client.blocks.create({ userId: second.ann.userId });
  clock.advance(60_000);
  await release({ db, clock, ids, bus, cache: memoryCache({ clock }), push: outboxPush({ db, clock, ids }) });
  expect(await pushes()).toEqual([5, 5, 6]);
});

async function connected(person: Person): Promise<Connected> {
  const frames: Frame[] = [];
  const socket = live({ client: person.client, onFrame: (frame) => void frames.push(frame) });
  await socket.ready();
  return { ...person, socket, frames };
}

/** Refused, for the reasons that a block gives, is not seen; any other failure is one. */
function seen(attempt: () => Promise<unknown>): Surface {
  return async () => {
    try {
      return (await attempt()) !== false;
    } catch (error) {
      const { code = "" } = error as { code?: string };
      if (["conversation.ended", "profile.notFound", "user.notFound"].includes(code)) return false;
      throw error;
    }
  };
}
