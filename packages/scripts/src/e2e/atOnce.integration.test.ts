import type { MediaId } from "@pendo/contract/ids";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import { expect, test } from "vitest";
import { type Planted, plantPeople } from "./planted.ts";
import { inParallel, jsonCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();
const PHOTOS = 60;

test("everything about oneself, changed at once over and over, ends without one transaction waiting for another for ever", async () => {
  const { url, db, clock } = here.host;
  const people = await plantPeople(here.place, 3);
  const mediaIds = new Map(await Promise.all(people.map(async ({ userId }) => [userId, await manyPhotos(userId)] as const)));
  const changes = (me: Planted): (() => ReturnType<typeof jsonCall>)[] => {
    const { token } = me;
    return (mediaIds.get(me.userId) ?? []).flatMap((mediaId, i) => [
      () => jsonCall(url, `DELETE /v1/media/${mediaId}`, { token }),
      () =>
        jsonCall(url, "PUT /v1/me/prompts", { token, body: { prompts: i % 2 ? [] : [{ question: "smallJoy", answer: `Number ${i}` }] } }),
      () => jsonCall(url, "PATCH /v1/me/profile", { token, body: { visibility: i % 2 ? "paused" : "visible", bio: `Bio ${i}` } }),
    ]);
  };
  const answers = await inParallel(24, people.flatMap(changes));
  expect(answers.filter(({ status }) => status >= 300).map(({ status, text }) => `${status} ${text}`)).toEqual([]);
  await here.settled();
  expect(await db`select from media where upload_key like 'many/%'`).toHaveLength(0);
  expect(here.log).toEqual([]);

  async function manyPhotos(userId: string): Promise<MediaId[]> {
    const rows = Array.from({ length: PHOTOS }, () => {
      const id = ids.next<MediaId>();
      return {
        id,
        user_id: userId,
        kind: "messagePhoto",
        state: "visible",
        content_type: "image/jpeg",
        upload_key: `many/${id}`,
        created_at: clock.now(),
      };
    });
    await db`insert into media ${db(rows)}`;
    return rows.map(({ id }) => id);
  }
});
