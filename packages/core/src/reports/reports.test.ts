import { testIds } from "../ports/ids/testIds.fixture.ts";
import type { ClientMessageId, ConversationId, MediaId, MessageId, ReportId, UserId } from "@pendo/contract/ids";
import * as routes from "@pendo/contract/routes/reports";
import { expect, test } from "vitest";
import * as blocks from "../blocks/blocks.ts";
import { couple } from "../conversations/couple.fixture.ts";
import { derivativeKey } from "../rules/pictureKeys.ts";
import * as matches from "../matches/matches.ts";
import * as media from "../media/media.ts";
import { ownPhotos } from "../media/own.ts";
import * as messages from "../messages/messages.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testPorts } from "@pendo/local/testPorts";
import { addPhoto, filesOfPicture, newPerson, newUser } from "../profiles/person.fixture.ts";
import * as profiles from "../profiles/profiles.ts";
import * as swipes from "../swipes/swipes.ts";
import * as reports from "./reports.ts";

const db = testDb();
const ports = testPorts(db);
const report = (reporterId: UserId, userId: UserId, about: { messageId?: MessageId; mediaId?: MediaId } = {}) =>
  reports.create(ports, { reporterId, userId, reason: "harassment", note: "Please look.", ...about });

const say = async (conversationId: ConversationId, senderId: UserId, text: string) =>
  (await messages.send(ports, { conversationId, senderId, clientMessageId: testIds.next() as ClientMessageId, kind: "text", text })).id;

interface Evidence {
  readonly profile: { readonly bio: string };
  readonly messages: readonly { readonly id: string; readonly text: string; readonly reported: boolean }[];
  readonly media: readonly { readonly id: string; readonly reported: boolean }[];
}

async function evidence(id: ReportId): Promise<Evidence> {
  const [row] = await db<{ content: Evidence }[]>`select content from evidence where report_id = ${id}`;
  if (!row) throw new Error("no evidence");
  return row.content;
}

test("POST /v1/reports freezes the profile as it is, and is due within a day", async () => {
  const [reporter, reported] = [await newUser(ports), await newPerson(ports, { bio: "I sell things." })];
  const made = await report(reporter, reported);
  expect(routes.create.output.parse(made)).toEqual(made);
  expect(new Date(made.dueAt).getTime() - new Date(made.createdAt).getTime()).toBe(24 * 3_600_000);
  await profiles.updateMine(ports, { userId: reported, bio: "I sell nothing." });
  expect((await evidence(made.id)).profile.bio).toBe("I sell things.");
  expect((await ports.facts("report.created")).map((fact) => fact.data.reportId)).toContain(made.id);
  expect(await reports.get(ports, { reporterId: reporter, reportId: made.id })).toEqual(made);
});

test("GET /v1/reports answers report.notFound for those of others", async () => {
  const [reporter, reported] = [await newUser(ports), await newPerson(ports)];
  const { id } = await report(reporter, reported);
  await expect(reports.get(ports, { reporterId: reported, reportId: id })).rejects.toMatchObject({ code: "report.notFound" });
});

test("a reported message is kept with five before and five after it, whatever is deleted later", async () => {
  const { a, b, conversationId } = await couple(ports);
  const ids: MessageId[] = [];
  for (let n = 1; n <= 14; n++) ids.push(await say(conversationId, n % 2 === 0 ? a : b, `message ${n}`));
  const [, , , , , , , eighth] = ids;
  if (!eighth) throw new Error("no eighth message");
  const { id } = await report(b, a, { messageId: eighth });
  await db`update messages set text = null, deleted_at = ${ports.clock.now()} where conversation_id = ${conversationId}`;
  const kept = (await evidence(id)).messages;
  expect(kept.map((message) => message.text)).toEqual(Array.from({ length: 11 }, (_, i) => `message ${i + 3}`));
  expect(kept.filter((message) => message.reported).map((message) => message.id)).toEqual([eighth]);
});

test("a message is reported by a member of its conversation, and its sender, only", async () => {
  const { a, b, conversationId } = await couple(ports);
  const [stranger, messageId] = [await newUser(ports), await say(conversationId, a, "hello")];
  await db`update profiles set discoverable = true where user_id = ${a}`;
  await expect(report(stranger, a, { messageId })).rejects.toMatchObject({ code: "message.notFound" });
  await expect(report(a, b, { messageId })).rejects.toMatchObject({ code: "message.notFound" });
  expect(await db`select 1 from reports where reported_id in (${a}, ${b})`).toHaveLength(0);
  expect((await report(b, a, { messageId })).messageId).toBe(messageId);
});

test("the files of a reported photo outlive its deletion; those of others do not", async () => {
  const [reporter, reported] = [await newUser(ports), await newPerson(ports)];
  const [photo] = await ownPhotos(ports, reported);
  if (!photo) throw new Error("no photo");
  const made = await report(reporter, reported, { mediaId: photo.id });
  const later = await addPhoto(ports, reported);
  const [kept, removed] = [await filesOfPicture(ports, photo.id), await filesOfPicture(ports, later)];
  for (const mediaId of [photo.id, later]) await media.remove(ports, { userId: reported, mediaId });
  expect((await evidence(made.id)).media).toMatchObject([{ id: photo.id, reported: true }]);
  expect(await ports.storage.head(derivativeKey(kept, 1080))).not.toBeNull();
  expect(await ports.storage.head(derivativeKey(removed, 1080))).toBeNull();
});

test("POST /v1/reports refuses oneself, and pictures one can't see", async () => {
  const [reporter, reported] = [await newUser(ports), await newPerson(ports)];
  await expect(report(reporter, reporter)).rejects.toMatchObject({ code: "input.invalid" });
  const mediaId = await addPhoto(ports, reported, { kind: "messagePhoto" });
  await expect(report(reporter, reported, { mediaId })).rejects.toMatchObject({ code: "media.notFound" });
  expect((await db`select 1 from reports where reporter_id = ${reporter}`).count).toBe(0);
});

test("a report of a user who was never shown to the reporter answers as one of an unknown id: blocker, paused or deleted", async () => {
  const reporter = await newUser(ports);
  const [blocker, paused, deleted] = [await newPerson(ports), await newPerson(ports), await newPerson(ports)];
  await blocks.create(ports, { blockerId: blocker, userId: reporter });
  await profiles.updateMine(ports, { userId: paused, visibility: "paused" });
  await db`update users set status = 'deleted' where id = ${deleted}`;

  for (const userId of [blocker, paused, deleted, ports.ids.next<UserId>()])
    await expect(report(reporter, userId)).rejects.toMatchObject({ code: "user.notFound" });

  // Neither does a block of the reporter's own make a report possible.
  for (const userId of [blocker, paused, deleted, ports.ids.next<UserId>()]) {
    await blocks.create(ports, { blockerId: reporter, userId });
    await expect(report(reporter, userId)).rejects.toMatchObject({ code: "user.notFound" });
  }
  expect((await db`select 1 from reports where reporter_id = ${reporter}`).count).toBe(0);
});

const known: Record<string, (reporter: UserId, reported: UserId) => Promise<unknown>> = {
  "matched once": async (reporter, reported) => {
    const { matchId } = await couple(ports, [reporter, reported]);
    await matches.end(ports, { matchId, endedBy: reported });
  },
  passed: (swiperId, targetId) => swipes.record(ports, { swiperId, targetId, action: "pass" }),
  liked: (swiperId, targetId) => swipes.record(ports, { swiperId, targetId, action: "like" }),
  "got as a daily pick": (userId, pickId) =>
    db`insert into daily_picks (user_id, place, pick_id, until) values (${userId}, 0, ${pickId}, ${ports.clock.now()})`,
  "blocked on sight": (blockerId, userId) => blocks.create(ports, { blockerId, userId }),
};
test.each(Object.keys(known))(
  "a user that the reporter %s can be reported after blocks of both and a deletion of the account",
  async (how) => {
    const [reporter, reported] = [await newPerson(ports), await newPerson(ports)];
    await known[how]?.(reporter, reported);

    await blocks.create(ports, { blockerId: reported, userId: reporter });
    await report(reporter, reported);
    await blocks.create(ports, { blockerId: reporter, userId: reported });
    await report(reporter, reported);
    await db`update users set status = 'deleted' where id = ${reported}`;
    const { id } = await report(reporter, reported);

    expect((await evidence(id)).profile.bio).toBe("I mend old radios.");
  },
);
