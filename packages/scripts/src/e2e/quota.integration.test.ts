import { quotas } from "@pendo/contract/quotas";
import { expect, test } from "vitest";
import { plantPeople } from "./planted.ts";
import { jsonCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();

interface Refusal {
  readonly code: string;
  readonly resetsAt: string;
}

test("With one like left, 50 parallel likes are one 2xx and 49 times 403 with the reset time; parallel rewinds give it back once", async () => {
  const { url, clock } = here.host;
  // All of it happens in one window of the quota.
  const windowMs = quotas.like.windowSec * 1000;
  const leftMs = windowMs - (clock.now().getTime() % windowMs);
  if (leftMs < 60_000) clock.advance(leftMs);
  const [me, ...others] = await plantPeople(here.place, 2 + quotas.like.cap + 50);
  if (!me) throw new Error("Nobody was planted.");
  const like = (target: { userId: string }) =>
    jsonCall(url, `PUT /v1/swipes/${target.userId}`, { token: me.token, body: { action: "like" } });
  const left = async () => (await me.client.quotas.get()).likes;

  await Promise.all(others.slice(0, quotas.like.cap - 1).map(like));
  expect((await left()).left).toBe(1);
  const resetsAt = (await left()).resetsAt ?? "";

  const answers = await Promise.all(others.slice(quotas.like.cap - 1, quotas.like.cap + 49).map(like));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 49 }, () => 403)]);
  for (const { text, headers } of answers.filter(({ status }) => status === 403)) {
    const refusal = JSON.parse(text) as Refusal;
    expect(refusal).toMatchObject({ code: "swipe.quotaSpent", resetsAt });
    expect(headers).not.toHaveProperty("retry-after");
  }
  expect((await left()).left).toBe(0);

  const rewinds = await Promise.all(Array.from({ length: 10 }, () => jsonCall(url, "POST /v1/swipes/rewind", { token: me.token })));
  expect(rewinds.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
  expect(new Set(rewinds.filter(({ status }) => status === 409).map(({ text }) => (JSON.parse(text) as Refusal).code))).toEqual(
    new Set(["swipe.nothingToRewind"]),
  );
  const after = await me.client.quotas.get();
  expect([after.likes.left, after.rewinds.left]).toEqual([1, quotas.rewind.cap - 1]);

  const last = others.at(-1);
  const again = others.at(-2);
  if (!last || !again) throw new Error("Too few were planted.");
  expect([(await like(last)).status, (await like(again)).status]).toEqual([200, 403]);
  expect(here.log).toEqual([]);
});
