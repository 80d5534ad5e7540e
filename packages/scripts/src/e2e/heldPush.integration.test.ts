import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { live } from "@pendo/client/live";
import { expect, test, vi } from "vitest";
import { plantCouples } from "./planted.ts";
import { world } from "./world.ts";

const here = world();

const TOKEN = "b0".repeat(32);
const pushes = async () =>
  (
    await here.host.db<{ content: { badge: number; threadId: string; body: string } }[]>`
      select content from local_outbox where kind = 'push' and recipient = ${TOKEN} order by sent_at`
  ).map(({ content }) => content);
const untilPushed = (count: number) => vi.waitUntil(async () => (await pushes()).length === count, { timeout: 30_000, interval: 100 });

test("a laptop tab that is open holds the phone's push for 30 s, or until it is closed; what is read meanwhile is not pushed", async () => {
  const { clock } = here.host;
  const [couple] = await plantCouples(here.place, 1);
  if (!couple) throw new Error("Nobody was planted.");
  const { ann, bob, conversationId } = couple;
  await bob.client.devices.replacePushToken({ deviceId: "bobs-phone-1" as never, platform: "ios", token: TOKEN });
  const laptop = live({ client: bob.client, onFrame: () => {} });
  await laptop.ready();
  await laptop.send("sync", {});
  const say = async (text: string) => await ann.client.messages.send({ conversationId, messageId: testIds.next() as never, text });

  await say("one");
  await here.settled();
  expect(await pushes()).toEqual([]);
  clock.advance(61_000);
  await untilPushed(1);
  expect(await pushes()).toMatchObject([{ badge: 1, threadId: conversationId, body: "sent you a message" }]);

  const { id: messageId } = await say("two");
  await here.settled();
  await bob.client.conversations.markRead({ conversationId, messageId });
  await here.settled();
  clock.advance(61_000);
  await say("three");
  await here.settled();
  expect(await pushes()).toHaveLength(1);
  laptop.close();
  await untilPushed(2);
  expect((await pushes())[1]).toMatchObject({ badge: 1, threadId: conversationId });
  expect(here.log).toEqual([]);
});
