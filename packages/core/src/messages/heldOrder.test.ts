import type { ClientMessageId, MessageId, UserId } from "@pendo/contract/ids";
import { expect, test } from "vitest";
import { couple, type Couple } from "../conversations/couple.fixture.ts";
import { judgeHeldText } from "../moderation/textVerdict.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { Judge } from "../ports/judge/judge.ts";
import { testPorts } from "@pendo/local/testPorts";
import * as held from "./held.ts";
import * as messages from "./messages.ts";

const db = testDb({ max: 20 });
const ports = testPorts(db);
/** Has no verdict within the time that a sender waits. */
const slow: Judge = { verdicts: async () => null };
const HATEFUL = "go k1ll yourself";

interface Said {
  readonly judge?: Judge;
  readonly senderId?: UserId;
  readonly clientMessageId?: ClientMessageId;
}

async function say({ conversationId, a }: Couple, text: string, said: Said = {}) {
  const { judge = ports.judge, senderId = a, clientMessageId = testIds.next() as ClientMessageId } = said;
  return await messages.send({ ...ports, judge }, { conversationId, senderId, clientMessageId, kind: "text", text });
}

const judged = (messageId: MessageId) => judgeHeldText(ports, { messageId });

/** What the other sees, in its order, with the places. */
async function deliveredIn({ b: userId, conversationId }: Couple): Promise<{ texts: (string | null)[]; places: number[] }> {
  const { items } = await messages.list(ports, { userId, conversationId, limit: 100 });
  const inOrder = items.toReversed();
  return { texts: inOrder.map(({ text }) => text), places: inOrder.map(({ seq }) => seq) };
}

/** A generator of its own, so that a failure can be repeated. */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % n;
}

function shuffled<Item>(items: readonly Item[], below: (n: number) => number): Item[] {
  return items
    .map((item) => ({ item, at: below(1_000_000) }))
    .toSorted((x, y) => x.at - y.at)
    .map(({ item }) => item);
}

const twenty = Array.from({ length: 20 }, (_, i) => `message ${i}`);
const places = Array.from({ length: 20 }, (_, i) => i + 1);

test.each([1, 2, 3, 4])("messages sent one after another are delivered in that order, whatever verdict is late (seed %i)", async (seed) => {
  const pair = await couple(ports);
  const below = seeded(seed);
  const waiting: MessageId[] = [];

  for (const text of twenty) {
    const sent = await say(pair, text, { judge: below(3) === 0 ? slow : ports.judge });
    if (sent.state === "pending") waiting.push(sent.id);
    if (below(4) === 0) await Promise.all(shuffled(waiting, below).slice(0, 2).map(judged));
  }
  await Promise.all(shuffled(waiting, below).map(judged));

  expect(await deliveredIn(pair)).toEqual({ texts: twenty, places });
});

test.each([5, 6, 7, 8])("messages sent at once come before those sent when they were accepted (seed %i)", async (seed) => {
  const pair = await couple(ports);
  const below = seeded(seed);
  const judging: Promise<void>[] = [];
  const groups = Array.from({ length: 5 }, (_, i) => twenty.slice(4 * i, 4 * i + 4));
  let late: MessageId[] = [];

  for (const group of groups) {
    const sent = await Promise.all(group.map((text) => say(pair, text, { judge: below(3) === 0 ? slow : ports.judge })));
    // The verdicts on the group before come while the next one is sent.
    judging.push(...shuffled(late, below).map(judged));
    late = sent.flatMap(({ id, state }) => (state === "pending" ? [id] : []));
  }
  judging.push(...late.map(judged));
  await Promise.all(judging);

  const delivered = await deliveredIn(pair);
  expect(delivered.places).toEqual(places);
  expect(groups.map((_, i) => delivered.texts.slice(4 * i, 4 * i + 4).toSorted())).toEqual(groups.map((group) => group.toSorted()));
  expect(await db`select id from held_messages where conversation_id = ${pair.conversationId}`).toEqual([]);
});

test("a judged message behind one without a verdict is pending, and both are delivered with that verdict, with an event for each", async () => {
  const pair = await couple(ports);
  const first = await say(pair, "one", { judge: slow });
  const second = await say(pair, "two");
  expect(second).toMatchObject({ seq: 0, state: "pending" });
  await judged(second.id);
  expect(await deliveredIn(pair)).toEqual({ texts: [], places: [] });

  await judged(first.id);

  expect(await deliveredIn(pair)).toEqual({ texts: ["one", "two"], places: [1, 2] });
  const created = (await ports.facts("message.created")).filter(({ data }) => data.conversationId === pair.conversationId);
  expect(created.map(({ data: { messageId, seq } }) => [messageId, seq])).toEqual([
    [first.id, 1],
    [second.id, 2],
  ]);
});

test("a message that its late verdict refuses keeps the later ones no longer", async () => {
  const pair = await couple(ports);
  const refused = await say(pair, HATEFUL, { judge: slow });
  const later = [await say(pair, "one"), await say(pair, "two")];
  expect(later.map(({ state }) => state)).toEqual(["pending", "pending"]);

  await judged(refused.id);

  expect(await deliveredIn(pair)).toEqual({ texts: ["one", "two"], places: [1, 2] });
});

test("a message that is deleted before its verdict keeps the later ones no longer", async () => {
  const pair = await couple(ports);
  const first = await say(pair, "one", { judge: slow });
  await say(pair, "two");

  await messages.remove(ports, { userId: pair.a, conversationId: pair.conversationId, messageId: first.id });

  expect(await deliveredIn(pair)).toEqual({ texts: ["two"], places: [1] });
});

test("a judged message that is deleted while it waits is never delivered", async () => {
  const pair = await couple(ports);
  const first = await say(pair, "one", { judge: slow });
  const second = await say(pair, "two");

  await messages.remove(ports, { userId: pair.a, conversationId: pair.conversationId, messageId: second.id });
  await judged(second.id);
  await judged(first.id);

  expect(await deliveredIn(pair)).toEqual({ texts: ["one"], places: [1] });
});

test("a refused message keeps no other, and a message of the other waits for none of mine", async () => {
  const pair = await couple(ports);
  await say(pair, HATEFUL);

  expect(await say(pair, "one")).toMatchObject({ seq: 1, state: "visible" });
  await say(pair, "held", { judge: slow });
  expect(await say(pair, "two", { senderId: pair.b })).toMatchObject({ seq: 2, state: "visible" });
});

test("a repeated request for a judged message that waits answers with the same message, before and after its delivery", async () => {
  const pair = await couple(ports);
  const clientMessageId = testIds.next() as ClientMessageId;
  const first = await say(pair, "one", { judge: slow });
  const second = await say(pair, "two", { clientMessageId });

  const again = await Promise.all([slow, ports.judge].map((judge) => say(pair, "two", { judge, clientMessageId })));
  await judged(first.id);
  const after = await say(pair, "two", { clientMessageId });

  expect(again).toEqual([second, second]);
  expect(after).toMatchObject({ id: second.id, seq: 2, state: "visible" });
  expect(await deliveredIn(pair)).toEqual({ texts: ["one", "two"], places: [1, 2] });
});

test("a message whose verdict does not come keeps the later ones for a minute", async () => {
  const pair = await couple(ports);
  const stuck = await say(pair, "stuck", { judge: slow });
  await say(pair, "one");
  await say(pair, "two");
  ports.clock.advance(59_000);
  await held.releaseDue(ports);
  expect(await deliveredIn(pair)).toEqual({ texts: [], places: [] });
  ports.clock.advance(2_000);

  await held.releaseDue(ports);

  expect(await deliveredIn(pair)).toEqual({ texts: ["one", "two"], places: [1, 2] });
  expect(await say(pair, "three")).toMatchObject({ seq: 3, state: "visible" });
  await judged(stuck.id);
  expect(await deliveredIn(pair)).toEqual({ texts: ["one", "two", "three", "stuck"], places: [1, 2, 3, 4] });
});

test("a message sent behind ones that waited too long follows them, without the schedule", async () => {
  const pair = await couple(ports);
  await say(pair, "stuck", { judge: slow });
  await say(pair, "one");
  ports.clock.advance(61_000);

  const last = await say(pair, "two");
  expect(last).toMatchObject({ state: "pending" });
  await judged(last.id);

  expect(await deliveredIn(pair)).toEqual({ texts: ["one", "two"], places: [1, 2] });
});
