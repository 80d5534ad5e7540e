import { expect, test } from "vitest";
import { world } from "./world.ts";

const here = world();

test("on one machine the engine knows who joined over HTTP and what they did, and while its process is away people are found all the same", async () => {
  const { engine } = here.host;
  const [ann, bob, cyd] = [await here.person(), await here.person(), await here.person()];
  await here.settled();
  await expect.poll(() => engine.isReady()).toBe(true);
  await expect.poll(async () => (await engine.deck(ann.userId))?.toSorted()).toEqual([bob.userId, cyd.userId].toSorted());

  const found = async () => (await ann.client.discovery.listRecommendations()).items.map(({ id }) => id).toSorted();
  expect(await found()).toEqual([bob.userId, cyd.userId].toSorted());
  await ann.client.swipes.record({ targetId: bob.userId, action: "like" });
  await cyd.client.blocks.create({ userId: ann.userId });
  await here.settled();
  expect(await engine.deck(ann.userId)).toEqual([]);
  expect(await engine.deck(bob.userId)).toEqual([ann.userId, cyd.userId]);

  engine.child()?.kill("SIGABRT");
  await expect.poll(() => here.log.join("\n")).toContain("Decks come from SQL until it is back");
  expect(await found()).toEqual([]);
  await bob.client.swipes.record({ targetId: cyd.userId, action: "pass" });
  await expect.poll(() => engine.isReady()).toBe(true);
  expect(await engine.deck(bob.userId)).toEqual([ann.userId]);
});
