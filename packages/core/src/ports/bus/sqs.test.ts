import { SendMessageCommand, SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import type { UserId } from "@pendo/contract/ids";
import { type QueueName, queues } from "@pendo/contract/queues";
import { type FauxqsServer, startFauxqs } from "fauxqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../clock/clock.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testIds as ids } from "../ids/testIds.fixture.ts";
import type { Bus, Consumer } from "./bus.ts";
import { busBehaviour } from "./bus.behaviour.ts";
import type { DeadLetters } from "./deadLetters.ts";
import { sqsBus } from "./sqs.ts";
import { sqsConsumer } from "./sqsConsumer.ts";
import { sqsDeadLetters } from "./sqsDeadLetters.ts";
import type { DeadLetterUrls, QueueUrls } from "./sqsMessages.ts";

const db = testDb();

interface Region {
  readonly server: FauxqsServer;
  readonly queueUrls: DeadLetterUrls;
  readonly client: SQSClientConfig;
  open(overrides?: Partial<QueueUrls>): Bus & Consumer;
}

/** Queues as the deployment declares them. */
async function region(): Promise<Region> {
  const server = await startFauxqs({ port: 0, logger: false });
  const queueUrls = Object.fromEntries(
    (Object.keys(queues) as QueueName[]).map((queue) => {
      const dead = server.createQueue(`${queue}-dead`);
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: queues[queue].attemptsMax });
      const live = server.createQueue(queue, { attributes: { RedrivePolicy, VisibilityTimeout: String(queues[queue].timeoutSec * 6) } });
      return [queue, { url: live.queueUrl, deadUrl: dead.queueUrl }];
    }),
  ) as DeadLetterUrls;
  const client = { endpoint: server.address, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  return {
    server,
    queueUrls,
    client,
    open: (overrides = {}) => ({
      ...sqsBus({ db, queueUrls: { ...queueUrls, ...overrides }, clock: systemClock, ids, client }),
      ...sqsConsumer({ queueUrls, client, waitSec: 0, retryDelaySec: 0 }),
    }),
  };
}

busBehaviour("SQS", db, async () => {
  const { open, server, queueUrls, client } = await region();
  return { bus: open(), deadLetters: sqsDeadLetters({ queueUrls, client }), another: async () => open(), stop: () => server.stop() };
});

let here: Region;
let bus: Bus & Consumer;
let deadLetters: DeadLetters;
beforeAll(async () => {
  here = await region();
  bus = here.open();
  deadLetters = sqsDeadLetters(here);
});
afterAll(() => here.server.stop());

const someone = (): UserId => ids.next();
const left = async (): Promise<number> => (await db<{ count: number }[]>`select count(*)::int as count from outbox`)[0]!.count;
const emit = () => db.begin((tx) => bus.emit(tx, "user.registered", { userId: someone() }));

async function taken(queue: QueueName): Promise<string[]> {
  const deliveries = await bus.fetch(queue, 1000);
  await bus.complete(
    queue,
    deliveries.map(({ id }) => id),
  );
  return deliveries.map(({ body }) => body.id);
}

test("a queue that is away keeps its facts in the outbox, holds up no others, and loses none", async () => {
  const broken = here.open({ email: { url: here.queueUrls.email.url.replace("email", "gone") } });
  // More of them than a round takes, all older than what comes after.
  const stuck = await Promise.all(Array.from({ length: 150 }, emit));
  const free = await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
  await expect(broken.relay()).rejects.toThrow(/150 facts stay in the outbox; email did not take one/);
  expect(await taken("matching")).toEqual([free]);
  expect(await left()).toBe(150);
  expect(await bus.relay()).toBe(150);
  expect((await taken("email")).toSorted()).toEqual(stuck.toSorted());
  // They came to the queue that had taken them once more: with the same ids, which a consumer knows.
  expect(new Set(await taken("analytics"))).toEqual(new Set(stuck));
});

test("a fact larger than any message stays, and the others of its batch leave", async () => {
  const huge = await db.begin((tx) =>
    bus.emit(tx, "deck.low", { userId: someone(), padding: "x".repeat(1100 * 1024) } as { userId: UserId }),
  );
  const fine = await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
  await expect(bus.relay()).rejects.toThrow("1 facts stay in the outbox");
  expect(await taken("matching")).toEqual([fine]);
  expect(await db`select id from outbox`).toMatchObject([{ id: huge }]);
  await db`delete from outbox`;
});

test("relaySoon resolves where SQS is away: the caller's transaction has succeeded", async () => {
  const errors: unknown[] = [];
  const client = { ...here.client, endpoint: "http://127.0.0.1:1", maxAttempts: 1 };
  const away = sqsBus({ db, queueUrls: here.queueUrls, clock: systemClock, ids, client, onError: (error) => errors.push(error) });
  await emit();
  await away.relaySoon();
  expect(errors).toMatchObject([{ code: "store.unavailable" }]);
  await expect(away.ping()).rejects.toMatchObject({ code: "store.unavailable" });
  expect(await left()).toBe(1);
  await bus.relay();
  await taken("email");
});

test("a redrive that is killed between sending and deleting loses nothing: what was sent comes again, under the same id", async () => {
  const { deadUrl } = here.queueUrls.search;
  const client = new SQSClient(here.client);
  const bodies = Array.from({ length: 3 }, () => ({ id: ids.next<string>(), type: "profile.hidden", data: {} }));
  for (const body of bodies) await client.send(new SendMessageCommand({ QueueUrl: deadUrl, MessageBody: JSON.stringify(body) }));
  // It fails at the deletion, which is as far as a killed process comes.
  const killed = meddled(here.client, (action) => action === "DeleteMessageBatch");
  const cut = sqsDeadLetters({ queueUrls: here.queueUrls, client: killed });
  await expect(cut.redrive("search", 10)).rejects.toMatchObject({ code: "store.unavailable" });
  const once = await taken("search");
  expect(once.toSorted()).toEqual(bodies.map(({ id }) => id).toSorted());
  expect((await deadLetters.depths()).find(({ queue }) => queue === "search")).toMatchObject({ dead: 3 });
});

test("a message that is no fact is never delivered, harms no other, and ends where a person sees it", async () => {
  const { url } = here.queueUrls.media;
  const client = new SQSClient(here.client);
  await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "not JSON" }));
  await db.begin((tx) => bus.emit(tx, "media.uploaded", { userId: someone(), mediaId: ids.next() }));
  await bus.relay();
  expect(await taken("media")).toHaveLength(1);
  expect((await deadLetters.depths()).find(({ queue }) => queue === "media")).toMatchObject({ waiting: 0, inFlight: 1 });
});

test("a dead letter that is not JSON is listed with the others, and thrown away by its id", async () => {
  const { deadUrl } = here.queueUrls.push;
  const client = new SQSClient(here.client);
  for (const MessageBody of ["not JSON", JSON.stringify({ id: ids.next(), type: "wave.sent", data: {} })])
    await client.send(new SendMessageCommand({ QueueUrl: deadUrl, MessageBody }));

  const letters = await deadLetters.deadLetters("push", 10);

  expect(letters.map(({ text }) => text)).toContain("not JSON");
  expect(letters).toHaveLength(2);
  for (const { id } of letters) expect(await deadLetters.remove("push", id)).toBe(true);
  expect(await deadLetters.deadLetters("push", 10)).toEqual([]);
});

test("throttling is retried by the SDK, a bounded number of times", async () => {
  let throttled = 0;
  const busy = (times: number) =>
    sqsBus({
      db,
      queueUrls: here.queueUrls,
      clock: systemClock,
      ids,
      client: meddled(here.client, (action) => action === "SendMessageBatch" && throttled++ < times),
    });
  await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
  expect(await busy(2).relay()).toBe(1);
  expect(throttled).toBe(3);
  expect(await taken("matching")).toHaveLength(1);

  throttled = 0;
  await db.begin((tx) => bus.emit(tx, "deck.low", { userId: someone() }));
  await expect(busy(Infinity).relay()).rejects.toMatchObject({ code: "store.unavailable" });
  expect(throttled).toBe(3);
  expect(await bus.relay()).toBe(1);
});

/** A client some of whose requests are refused as one too many. */
function meddled(client: SQSClientConfig, refuses: (action: string) => boolean): SQSClientConfig {
  const handle = async (request: { headers: Record<string, string> }, options: unknown): Promise<unknown> => {
    const action = request.headers["x-amz-target"]?.split(".")[1] ?? "";
    if (refuses(action))
      throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException", $metadata: { httpStatusCode: 429 } });
    return await real.handle(request as never, options as never);
  };
  return { ...client, requestHandler: { handle } as never };
}
const real = new SQSClient({}).config.requestHandler;
