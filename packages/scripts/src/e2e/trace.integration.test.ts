import { live } from "@pendo/client/live";
import type { ClientMessageId } from "@pendo/contract/ids";
import { testIds as ids } from "@pendo/core/ports/ids/testIds.fixture";
import { scheduleFunction } from "@pendo/functions/middleware/schedule";
import { schedule } from "@pendo/functions/schedule/index";
import type { Context, ScheduledEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { plantPeople, type Planted } from "./planted.ts";
import { jsonCall } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world({ logLevel: "all" });
const phones = "0af7651916cd43dd8448eb211c80319c";

interface Line {
  readonly kind: string;
  readonly trace?: string;
  readonly queue?: string;
  readonly route?: string;
  readonly frame?: string;
}
const lines = (): Line[] =>
  here.log.filter((line) => line.startsWith("{")).map((line) => Object.assign({ kind: "bug" }, JSON.parse(line) as Line));

test("one id goes from the swipe's request to the last consumer of its match, and every line of a scripted run has a trace", async () => {
  const { db, bus, clock, observer, url } = here.host;
  const [ann, bob, poisoned] = (await plantPeople(here.place, 3)) as [Planted, Planted, Planted];
  // One consumer meets a bug: the store refuses one user's notification.
  await db.unsafe(`
    create function refuse_notice() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$;
    create trigger poison before insert on notifications for each row when (new.user_id = '${poisoned.userId}') execute function refuse_notice()`);
  const swipe = (by: Planted, on: Planted, headers: Record<string, string> = {}) =>
    jsonCall(url, `PUT /v1/swipes/${on.userId}`, { token: by.token, body: { action: "like" }, headers });

  const socket = live({ client: bob.client, onFrame: () => {} });
  await socket.ready();
  await swipe(ann, poisoned);
  await swipe(ann, bob);
  const matched = await swipe(bob, ann, { traceparent: `00-${phones}-b7ad6b7169203331-01` });
  const { conversationId } = JSON.parse(matched.text) as { conversationId: never };
  await socket.send("message.send", { conversationId, clientMessageId: ids.next() as ClientMessageId, text: "Hello" });
  const sweep = scheduleFunction("outboxSweep", schedule.outboxSweep as never, { ports: { db, bus }, clock, ids, observer });
  await sweep({} as ScheduledEvent, {} as Context);
  socket.close();
  await here.settled();
  const wanted = ["push", "email", "realtime", "analytics"];
  const ofPhone = (): Line[] => lines().filter(({ trace }) => trace === phones);
  const reached = (): string[] => [...new Set(ofPhone().flatMap(({ queue }) => queue ?? []))];
  await expect.poll(() => reached().toSorted()).toEqual(expect.arrayContaining(wanted));
  await expect.poll(() => lines().filter(({ kind, frame }) => kind === "socket" && frame === "$disconnect").length).toBe(1);

  expect(ofPhone().filter(({ kind }) => kind === "http")).toMatchObject([{ route: "swipes.record" }]);
  const byKind = Map.groupBy(lines(), ({ kind }) => kind);
  const counts = [...byKind].map(([kind, all]) => [kind, all.length, all.filter(({ trace }) => trace === undefined).length] as const);
  process.stdout.write(`lines of a scripted run, and those without a trace: ${counts.map((one) => one.join(" ")).join(" · ")}\n`);
  expect([...byKind.keys()].toSorted()).toEqual(["bug", "http", "queue", "schedule", "socket"]);
  expect(counts.map(([kind, , without]) => [kind, without])).toEqual(counts.map(([kind]) => [kind, 0]));
});
