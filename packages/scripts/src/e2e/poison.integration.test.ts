import type { EventId } from "@pendo/contract/ids";
import type { QueueDepth } from "@pendo/core/ports/bus/deadLetters";
import { queues } from "@pendo/contract/queues";
import { expect, test } from "vitest";
import { plantPeople, staffTokenFor } from "./planted.ts";
import { jsonCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();

test("One poison message in a batch of ten: nine are done once, one is in the dead letters after its attempts, and redrive has no double effect", async () => {
  const { db, bus, url, clock } = here.host;
  const people = await plantPeople(here.place, 21);
  const [likers, liked, staff] = [people.slice(0, 10), people.slice(10, 20), people[20]];
  const poisoned = liked[3];
  if (!staff || !poisoned) throw new Error("Too few were planted.");
  // What nobody can digest: the store refuses this one user's notification. The sequence counts the attempts, which are rolled back themselves.
  await db.unsafe(`
    create sequence poison_attempts;
    create function refuse_poison() returns trigger language plpgsql as $$ begin
      perform nextval('poison_attempts'); raise exception 'poison'; end $$;
    create trigger poison before insert on notifications for each row when (new.user_id = '${poisoned.userId}') execute function refuse_poison()`);

  // All ten likes, and their facts, in one transaction: they come out of the outbox together, and so to the consumer as one batch.
  const factIds: EventId[] = [];
  await db.begin(async (tx) => {
    for (const [i, { userId: likerId }] of likers.entries()) {
      const likedId = (liked[i] as (typeof liked)[0]).userId;
      await tx`insert into likes_inbox (liked_id, liker_id, action, liked_at) values (${likedId}, ${likerId}, 'like', ${clock.now()})`;
      factIds.push(await bus.emit(tx, "like.received", { likerId, likedId, action: "like" }, { actor: likerId }));
    }
  });
  const facts = await db<
    { id: string; type: string; envelope: never }[]
  >`select id, type, envelope from outbox where id = any(${factIds as string[]}::uuid[])`;
  await bus.relay();

  const notified = async (): Promise<[string, number][]> =>
    (await db<{ userId: string; eventCount: number }[]>`select user_id, event_count from notifications order by user_id`).map((row) => [
      row.userId,
      row.eventCount,
    ]);
  const depth = async (): Promise<QueueDepth | undefined> => (await bus.depths()).find(({ queue }) => queue === "push");
  const eachOnce = (who: readonly { userId: string }[]): [string, number][] =>
    who.map(({ userId }): [string, number] => [userId, 1]).toSorted();
  await expect.poll(notified).toEqual(eachOnce(liked.filter((one) => one !== poisoned)));
  const untilDead = async (): Promise<void> =>
    await expect
      .poll(
        async () => {
          // The attempts wait longer and longer; not here.
          await db`update queue.job set start_after = now() where name = 'push' and state = 'retry'`;
          return (await depth())?.dead;
        },
        { timeout: 30_000, interval: 100 },
      )
      .toBe(1);
  await untilDead();
  const attempts = async (): Promise<number> => Number((await db`select last_value::int as n from poison_attempts`)[0]?.["n"]);
  expect(await attempts()).toBe(queues.push.attemptsMax);
  expect(await depth()).toMatchObject({ waiting: 0, inFlight: 0 });

  const token = await staffTokenFor(here.place, staff, ["admin"]);
  const dead = JSON.parse((await jsonCall(url, "GET /v1/admin/queues/push/dead-letters", { token })).text) as { items: unknown[] };
  expect(dead.items).toMatchObject([{ eventId: factIds[3], type: "like.received", attempts: queues.push.attemptsMax }]);
  const redrive = async (): Promise<unknown> =>
    JSON.parse((await jsonCall(url, "POST /v1/admin/queues/push/redrive", { token, body: {} })).text);

  // Redriven while it is still poison, it comes back to the dead letters, and takes nobody with it.
  expect(await redrive()).toEqual({ movedCount: 1 });
  await untilDead();
  expect(await notified()).toEqual(eachOnce(liked.filter((one) => one !== poisoned)));

  await db`drop trigger poison on notifications`;
  expect(await redrive()).toEqual({ movedCount: 1 });
  await expect.poll(notified).toEqual(eachOnce(liked));
  expect(await redrive()).toEqual({ movedCount: 0 });

  // The relay may deliver all of it a second time, when the first deliveries are forgotten already.
  await db`delete from queue.job where name in ('push', 'realtime')`;
  await db`insert into outbox ${db(facts.map(({ id, type, envelope }) => ({ id, type, envelope: db.json(envelope) })) as never)}`;
  await bus.relay();
  await here.settled();
  expect((await depth())?.waiting).toBe(0);
  expect(await notified()).toEqual(eachOnce(liked));
  expect(new Set(here.log.map((line) => (JSON.parse(line) as { queue: string }).queue))).toEqual(new Set(["push"]));
});
