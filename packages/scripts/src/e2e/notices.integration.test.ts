import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import type { Letter } from "@pendo/core/ports/mail/mail";
import { expect, test } from "vitest";
import { plantPeople, staffTokenFor } from "./planted.ts";
import { jsonCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();
const BENS_TOKEN = "be".repeat(32);

const pushes = async (token: string) =>
  (
    await here.host.db<{ content: { title: string; body: string } }[]>`
      select content from local_outbox where kind = 'push' and recipient = ${token} order by sent_at`
  ).map(({ content }) => `${content.title}: ${content.body}`);

test("A like, a match and a burst of messages reach a phone as seven pushes, an absent user as an email, and the metrics as what they were", async () => {
  const { db, url, clock } = here.host;
  const firstDay = dayOf(clock.now());
  const [ada, ben] = await plantPeople(here.place, 2);
  if (!ada || !ben) throw new Error("Nobody was planted.");
  await ben.client.devices.replacePushToken({ deviceId: "bens-phone-1" as never, platform: "ios", token: BENS_TOKEN });
  await db`insert into identities (provider, subject, user_id, created_at) values ('email', 'ben@example.com', ${ben.userId}, now()) on conflict do nothing`;
  await db`update users set last_active_at = now() - interval '2 hours' where id = ${ben.userId}`;

  await ada.client.swipes.record({ targetId: ben.userId, action: "like" });
  await here.settled();
  const { conversationId } = await ben.client.swipes.record({ targetId: ada.userId, action: "like" });
  if (!conversationId) throw new Error("No match was made.");
  for (let i = 0; i < 30; i++) {
    await ada.client.messages.send({
      conversationId,
      messageId: testIds.next() as never,
      kind: "text",
      text: `Hello number ${i}`,
    });
  }
  await here.settled();

  // A match and its first message are two facts, which two consumers may take in either order.
  expect((await pushes(BENS_TOKEN)).map((said) => said.replace(/^\S+: /, "")).toSorted()).toEqual([
    "Somebody likes you: Find out who.",
    "You like each other. Say hello.",
    // Five at once; the rest is a storm, and waits.
    ...Array.from({ length: 5 }, () => expect.stringMatching(/^sent you (a|\d+) messages?$/)),
  ]);
  const { items } = await ben.client.notifications.list();
  expect(items.map(({ kind, eventCount }) => [kind, eventCount])).toEqual([
    ["message", 30],
    ["match", 1],
  ]);
  const newest = (await ben.client.messages.list({ conversationId, limit: 1 })).items[0]?.id ?? ("" as never);
  await ben.client.conversations.markRead({ conversationId, messageId: newest });
  await here.settled();
  const unread = (await ben.client.notifications.list()).items.filter(({ readAt }) => readAt === null);
  expect(unread.map(({ kind }) => kind)).toEqual(["match"]);
  expect(await ben.client.notifications.markRead({ ids: unread.map(({ id }) => id) })).toEqual({ readCount: 1 });

  const [letter] = await db<{ content: Letter }[]>`select content from local_outbox where kind = 'mail' and recipient = 'ben@example.com'`;
  const link = new URL(letter?.content.unsubscribeUrl ?? "");
  const post = (path: string, body: string) =>
    fetch(`${url}${path}`, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body });
  const page = await fetch(`${url}${link.pathname}`);
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect((await ben.client.notificationPreferences.get()).email).toEqual({ match: true });
  const done = await post(link.pathname, "List-Unsubscribe=One-Click");
  expect([done.status, await done.text()]).toEqual([200, expect.stringContaining("no more")]);
  expect((await ben.client.notificationPreferences.get()).email).toEqual({ match: false });
  const form = new FormData();
  form.set("List-Unsubscribe", "One-Click");
  const again = await fetch(`${url}${link.pathname}`, { method: "POST", body: form });
  expect([again.status, await again.text()]).toEqual([200, expect.stringContaining("no more")]);
  expect((await post("/v1/unsubscribe/AAAAAAAA", "List-Unsubscribe=One-Click")).status).toBe(404);

  const today = dayOf(clock.now());
  const asStaff = (path: string) => jsonCall(url, `GET ${path}`, { token: ada.token });
  expect((await asStaff("/v1/admin/metrics")).status).toBe(403);
  const staff = await staffTokenFor(here.place, ada, ["admin"]);
  const { items: depths } = JSON.parse((await jsonCall(url, "GET /v1/admin/queues", { token: staff })).text) as {
    items: { dead: number }[];
  };
  expect(depths.map(({ dead }) => dead)).toEqual(Array.from({ length: 8 }, () => 0));
  const answer = await jsonCall(url, `GET /v1/admin/metrics?from=${firstDay}&to=${today}`, { token: staff });
  expect(JSON.parse(answer.text)).toMatchObject({
    totals: { matches: 1, messages: 30, swipes: 2, likes: 2, firstMatches: 2, firstMessages: 1, activeUsers: 2 },
  });
  expect((await jsonCall(url, "POST /v1/admin/queues/nothing/redrive", { token: staff, body: {} })).status).toBe(404);
  expect((await jsonCall(url, "POST /v1/admin/queues/email/redrive", { token: staff, body: {} })).text).toBe('{"movedCount":0}');
  expect(here.log).toEqual([]);
});

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
