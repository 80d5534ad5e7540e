import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { ClientMessageId, EventId, ReportId, UserId } from "@pendo/contract/ids";
import type { ReportReason } from "@pendo/contract/report";
import { expect, test } from "vitest";
import { couple } from "../conversations/couple.fixture.ts";
import * as conversations from "../conversations/conversations.ts";
import * as messages from "../messages/messages.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { newPerson } from "../profiles/person.fixture.ts";
import * as profiles from "../profiles/profiles.ts";
import * as reports from "../reports/reports.ts";
import * as swipes from "../swipes/swipes.ts";
import { confirm, endDue, judgeReport, release } from "./holds.ts";
import { judgeMessage, judgeProfile } from "./textVerdict.ts";
import { settleWords } from "./textVerdict.sql.ts";

const db = testDb();
const ports = testPorts(db);
/** Sends as a version with fewer rules did: what it delivered is judged again. */
const lenient = { ...ports, judge: { verdicts: async (texts: readonly string[]) => texts.map(() => ({ state: "visible" as const })) } };
const newFact = () => ports.ids.next<EventId>();

async function sent(text: string) {
  const { a, b, conversationId } = await couple(ports);
  const clientMessageId = testIds.next() as ClientMessageId;
  const { id: messageId, seq } = await messages.send(lenient, { conversationId, senderId: a, clientMessageId, kind: "text", text });
  const state = async () => (await db<{ state: string }[]>`select state from messages where id = ${messageId}`)[0]?.state;
  return { a, b, conversationId, messageId, seq, state };
}

test("a message that clearly breaks the rules is hidden once, with reasons, and both people's logs tell it", async () => {
  const { a, b, messageId, state } = await sent("go k1ll yourself");
  const factId = newFact();
  await Promise.all([1, 2, 3].map(() => judgeMessage(ports, { factId, messageId, recipientId: b })));
  expect(await state()).toBe("hidden");
  expect(await db`select subject_kind, ground, restriction, automated_decision from decisions where subject_id = ${messageId}`).toEqual([
    { subjectKind: "message", ground: "threat", restriction: "hidden", automatedDecision: true },
  ]);
  expect((await ports.facts("message.updated")).filter((fact) => fact.data.messageId === messageId)).toHaveLength(1);
  expect((await ports.facts("moderation.decided")).filter((fact) => fact.data.userId === a)).toHaveLength(1);
  const logged = await db`select l.user_id from user_log l where kind = 'message' and ref = ${messageId}`;
  expect(logged.map((row) => row["userId"]).toSorted()).toEqual([a, b].toSorted());
});

test("a hidden message is no unread one: it leaves the counts once, whether it is then deleted, read past, or followed by another", async () => {
  const { a, b, conversationId, messageId } = await sent("go k1ll yourself");
  const counts = async () => [
    (await conversations.get(ports, { userId: b, conversationId })).unreadCount,
    (await db<{ unreadCount: number }[]>`select unread_count from user_heads where user_id = ${b}`)[0]?.unreadCount,
  ];
  const say = (text: string) =>
    messages.send(lenient, { conversationId, senderId: a, clientMessageId: testIds.next() as ClientMessageId, kind: "text", text });
  const before = await say("Are you there?");
  expect(await counts()).toEqual([2, 2]);
  await Promise.all([1, 2].map(() => judgeMessage(ports, { factId: newFact(), messageId, recipientId: b })));
  expect(await counts()).toEqual([1, 1]);
  await messages.remove(ports, { conversationId, messageId, userId: a });
  expect(await counts()).toEqual([1, 1]);

  const { id: hidden } = await say("I will k1ll you");
  await judgeMessage(ports, { factId: newFact(), messageId: hidden, recipientId: b });
  await conversations.markRead(ports, { userId: b, conversationId, messageId: before.id });
  expect(await counts()).toEqual([0, 0]);

  const { id: read } = await say("I will k1ll you");
  await conversations.markRead(ports, { userId: b, conversationId, messageId: read });
  await judgeMessage(ports, { factId: newFact(), messageId: read, recipientId: b });
  expect(await counts()).toEqual([0, 0]);
});

test("other messages are left alone", async () => {
  const { b, messageId, state } = await sent("Dinner at Scunthorpe station?");
  await judgeMessage(ports, { factId: newFact(), messageId, recipientId: b });
  expect(await state()).toBe("visible");
});

test("a verdict on words that changed meanwhile is not written; the newer words get their own", async () => {
  const userId = await newPerson(ports);
  await profiles.updateMine(ports, { userId, bio: "call +49 151 2345 6789" });
  const [row] = await db<{ textVersion: number }[]>`select text_version from profiles where user_id = ${userId}`;
  await profiles.updateMine(ports, { userId, bio: "I bake bread." });
  expect(await settleWords(db, { userId, version: row?.textVersion ?? 0, state: "rejected", at: ports.clock.now() })).toBe(false);
  await judgeProfile(ports, { userId });
  expect(await profiles.getMine(ports, { userId })).toMatchObject({ textState: "visible", bio: "I bake bread.", discoverable: true });
});

async function report(userId: UserId, reporterId: UserId, reason: ReportReason = "harassment"): Promise<void> {
  const { id } = await reports.create(ports, { reporterId, userId, reason, note: "" });
  const factId = newFact();
  await judgeReport(ports, { factId, reportId: id });
  await judgeReport(ports, { factId, reportId: id });
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Users whose reports count: their accounts are old enough, and they were shown the user's card. */
async function witnesses(userId: UserId, number = 3): Promise<UserId[]> {
  const users = await Promise.all(Array.from({ length: number }, () => newPerson(ports)));
  await db`update users set created_at = ${new Date(ports.clock.now().getTime() - 7 * DAY_MS)} where id = any(${users}::uuid[])`;
  for (const swiperId of users) await swipes.record(ports, { swiperId, targetId: userId, action: "pass" });
  return users;
}

const discoverable = async (userId: UserId) => (await profiles.getMine(ports, { userId })).discoverable;

test("the third user in a week who reports something serious hides a profile until it was reviewed", async () => {
  const userId = await newPerson(ports);
  const reporters = await witnesses(userId);
  for (const reporter of reporters.slice(0, 2)) await report(userId, reporter);
  expect(await discoverable(userId)).toBe(true);
  for (const reporter of reporters) await report(userId, reporter, "threat");
  expect(await discoverable(userId)).toBe(false);
  expect(await db`select ground, restriction, automated_decision from decisions where user_id = ${userId}`).toEqual([
    { ground: "reports", restriction: "hidden", automatedDecision: true },
  ]);
  await profiles.updateMine(ports, { userId, visibility: "paused" });
  await profiles.updateMine(ports, { userId, visibility: "visible" });
  expect(await discoverable(userId)).toBe(false);
  await db.begin((tx) => release(ports, tx, userId, ports.clock.now()));
  expect(await discoverable(userId)).toBe(true);
});

test("one person three times, three reports of spam, dismissed ones, and three weeks hide nobody", async () => {
  const [one, spam, slow, dismissed] = [await newPerson(ports), await newPerson(ports), await newPerson(ports), await newPerson(ports)];
  const reporters = await witnesses(one);
  for (const swiperId of reporters)
    for (const targetId of [spam, slow, dismissed]) await swipes.record(ports, { swiperId, targetId, action: "pass" });
  for (const reporter of reporters) {
    await report(one, reporters[0] ?? reporter);
    await report(spam, reporter, "spam");
    await report(dismissed, reporter);
    await db`update reports set state = 'dismissed' where reported_id = ${dismissed}`;
  }
  for (const reporter of reporters) {
    await report(slow, reporter);
    ports.clock.advance(7 * 24 * 3_600_000);
  }
  expect(await Promise.all([one, spam, slow, dismissed].map(discoverable))).toEqual([true, true, true, true]);
});

test("a report that is gone changes nothing", async () => {
  await judgeReport(ports, { factId: newFact(), reportId: ports.ids.next<ReportId>() });
});

test("reports of fresh accounts, and of accounts without contact, hide no user", async () => {
  const userId = await newPerson(ports);
  const fresh = await witnesses(userId);
  await db`update users set created_at = ${new Date(ports.clock.now().getTime() - 7 * DAY_MS + HOUR_MS)} where id = any(${fresh}::uuid[])`;
  const strangers = await witnesses(await newPerson(ports));

  for (const reporter of [...fresh, ...strangers]) await report(userId, reporter);

  expect(await discoverable(userId)).toBe(true);
});

test("a match, and a like of the reported user, are contact too", async () => {
  const userId = await newPerson(ports);
  const [matched, liked, passed] = (await witnesses(await newPerson(ports))) as [UserId, UserId, UserId];
  await couple(ports, [userId, matched]);
  await swipes.record(ports, { swiperId: userId, targetId: liked, action: "like" });
  await swipes.record(ports, { swiperId: passed, targetId: userId, action: "pass" });

  for (const reporter of [matched, liked, passed]) await report(userId, reporter);

  expect(await discoverable(userId)).toBe(false);
});

test("a hold that no reviewer confirmed ends after 24 hours, and what lists profiles learns of it", async () => {
  const userId = await newPerson(ports);
  for (const reporter of await witnesses(userId)) await report(userId, reporter);
  const shown = async () => (await ports.facts("profile.updated")).filter((fact) => fact.data.userId === userId).length;
  const before = await shown();

  ports.clock.advance(DAY_MS - HOUR_MS);
  await endDue(ports);
  expect(await discoverable(userId)).toBe(false);
  ports.clock.advance(HOUR_MS);
  await Promise.all([endDue(ports), endDue(ports)]);

  expect(await discoverable(userId)).toBe(true);
  expect(await shown()).toBe(before + 1);
});

test("a hold that a reviewer confirmed lasts until it is released", async () => {
  const userId = await newPerson(ports);
  for (const reporter of await witnesses(userId)) await report(userId, reporter);

  await db.begin((tx) => confirm(tx, userId, ports.clock.now()));
  ports.clock.advance(30 * DAY_MS);
  await endDue(ports);

  expect(await discoverable(userId)).toBe(false);
});
