import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import type { Frame } from "@pendo/client/live";
import { live } from "@pendo/client/live";
import { expect, test } from "vitest";
import { world } from "./world.ts";

const here = world();

test("two people join, find each other, match and talk, over HTTP and WebSocket", async () => {
  const [ann, bob] = await Promise.all([here.person({ name: "Ann" }), here.person({ name: "Bob" })]);
  const seen: Frame[] = [];
  const socket = live({ client: ann.client, onFrame: (frame) => void seen.push(frame) });
  await socket.ready();

  const { items } = await bob.client.discovery.listRecommendations({});
  expect(items.map((card) => card.id)).toContain(ann.userId);
  expect((await ann.client.swipes.record({ targetId: bob.userId, action: "like" })).matchId).toBeNull();
  const { conversationId, matchId } = await bob.client.swipes.record({ targetId: ann.userId, action: "like" });
  expect(matchId).not.toBeNull();
  await expect.poll(() => seen.find((frame) => frame.type === "match.created")?.data).toMatchObject({ matchId, conversationId });

  const clientMessageId = testIds.next();
  const sent = await bob.client.messages.send({ conversationId: conversationId!, messageId: clientMessageId, text: "Hello Ann" });
  expect(sent.seq).toBe(1);
  await expect.poll(() => seen.find((frame) => frame.type === "message.created")?.data).toMatchObject({ seq: 1, text: "Hello Ann" });
  socket.close();
  expect(here.log).toEqual([]);
});
