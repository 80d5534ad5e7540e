import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  RequestThrottled,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { UserId } from "@pendo/contract/ids";
import { type QueueName, queues } from "@pendo/contract/queues";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock/clock.ts";
import { testDb } from "@pendo/local/db/testDb";
import { testIds as ids } from "../ids/testIds.fixture.ts";
import { sqsBus } from "./sqs.ts";
import { sqsConsumer } from "./sqsConsumer.ts";
import { sqsDeadLetters } from "./sqsDeadLetters.ts";
import type { DeadLetterUrls } from "./sqsMessages.ts";

const db = testDb();
const sqs = mockClient(SQSClient);
const queueUrls = Object.fromEntries(
  (Object.keys(queues) as QueueName[]).map((queue) => [queue, { url: `https://sqs/${queue}`, deadUrl: `https://sqs/${queue}-dead` }]),
) as DeadLetterUrls;
const client = { region: "eu-central-1" };
const bus = sqsBus({ db, queueUrls, clock: systemClock, ids, client, sendMs: 200 });
const deadLetters = sqsDeadLetters({ queueUrls, client });
const consumer = sqsConsumer({ queueUrls, client, waitSec: 7 });

beforeEach(async () => {
  sqs.reset();
  sqs.onAnyCommand().resolves({});
  await db`delete from outbox`;
});

const emit = (padding = "") => db.begin((tx) => bus.emit(tx, "deck.low", { userId: ids.next(), padding } as unknown as { userId: UserId }));
const left = async (): Promise<string[]> => (await db<{ id: string }[]>`select id from outbox order by id`).map(({ id }) => id);
const throttled = new RequestThrottled({ message: "Rate exceeded", $metadata: {} });

test("of a batch that fails in part, only the failed facts stay", async () => {
  const emitted = [await emit(), await emit(), await emit()];
  sqs.on(SendMessageBatchCommand).resolves({ Failed: [{ Id: "1", Code: "InternalError", SenderFault: false }], Successful: [] });
  await expect(bus.relay()).rejects.toMatchObject({ code: "store.unavailable" });
  expect(await left()).toEqual([emitted[1]]);
});

// The emulator of SQS keeps no system attributes, so what is sent and read is seen here.
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01";
const xray = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=b7ad6b7169203331;Sampled=1";
const attributed = { AWSTraceHeader: { DataType: "String", StringValue: xray } };

test("each message carries X-Ray's header of its event, whoever relays it; an event without a trace carries none", async () => {
  await db.begin((tx) => bus.emit(tx, "deck.low", { userId: ids.next() }, { traceparent }));
  await emit();

  await bus.relay();

  const [entries = []] = sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries);
  expect(entries.map(({ MessageSystemAttributes }) => MessageSystemAttributes)).toEqual([attributed, undefined]);
});

test("a consumer asks for X-Ray's header and hands it on; a redrive keeps it", async () => {
  const body = JSON.stringify({ id: ids.next(), type: "deck.low", data: {} });
  const message = { MessageId: "a", ReceiptHandle: "a", Body: body, Attributes: { AWSTraceHeader: xray } };
  sqs
    .on(ReceiveMessageCommand)
    .resolvesOnce({ Messages: [message] })
    .resolvesOnce({ Messages: [message] })
    .resolves({});

  const [delivery] = await consumer.fetch("email", 1);
  await deadLetters.redrive("email", 1);

  expect(delivery).toMatchObject({ xray });
  for (const { args } of sqs.commandCalls(ReceiveMessageCommand))
    expect(args[0].input.MessageSystemAttributeNames).toContain("AWSTraceHeader");
  expect(sqs.commandCalls(SendMessageBatchCommand)[0]?.args[0].input.Entries).toMatchObject([{ MessageSystemAttributes: attributed }]);
});

test("a fact that waits is kept back by SQS itself, and no other", async () => {
  await db.begin((tx) => bus.emit(tx, "push.held", { userId: ids.next(), notificationId: ids.next() }));
  await emit();
  await bus.relay();
  const entries = sqs.commandCalls(SendMessageBatchCommand).flatMap((call) => call.args[0].input.Entries ?? []);
  expect(entries.map(({ DelaySeconds }) => DelaySeconds ?? 0).toSorted((x, y) => x - y)).toEqual([0, 30]);
});

test("what SQS calls our own mistake is a bug, and named", async () => {
  await emit();
  sqs
    .on(SendMessageBatchCommand)
    .resolves({ Failed: [{ Id: "0", Code: "InvalidMessageContents", Message: "bad", SenderFault: true }], Successful: [] });
  await expect(bus.relay()).rejects.toThrow("1 facts stay in the outbox; matching did not take one: InvalidMessageContents bad");
  expect(await left()).toHaveLength(1);
});

test("throttling that outlasts the SDK's retries leaves every fact where it was, as it was", async () => {
  for (let i = 0; i < 15; i += 1) await emit();
  const before = await db`select * from outbox order by id`;
  sqs.on(SendMessageBatchCommand).rejects(throttled);
  await expect(bus.relay()).rejects.toMatchObject({
    code: "store.unavailable",
    cause: { message: expect.stringContaining("15 facts stay") as string },
  });
  expect([...(await db`select * from outbox order by id`)]).toEqual([...before]);
});

test("a round that SQS does not answer ends in time, and its facts stay", async () => {
  await emit();
  sqs
    .on(SendMessageBatchCommand)
    .callsFake(
      async (_input, getClient: unknown) =>
        await new Promise((_, reject) =>
          setTimeout(() => reject(Object.assign(new Error("aborted"), { name: "AbortError" })), getClient ? 250 : 0),
        ),
    );
  await expect(bus.relay()).rejects.toMatchObject({ code: "store.unavailable" });
  expect(await left()).toHaveLength(1);
  const options = (sqs.commandCalls(SendMessageBatchCommand)[0] as unknown as { args: unknown[] }).args[1];
  expect(options).toMatchObject({ abortSignal: { aborted: true } });
});

test("no batch holds more than ten messages or 256 KiB, and each fact is in one", async () => {
  for (let i = 0; i < 23; i += 1) await emit();
  for (let i = 0; i < 5; i += 1) await emit("x".repeat(100 * 1024));
  await emit("x".repeat(300 * 1024));
  expect(await bus.relay()).toBe(29);
  const batches = sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries ?? []);
  expect(batches.flat()).toHaveLength(29);
  for (const entries of batches) {
    expect(entries.length).toBeLessThanOrEqual(10);
    const bytes = entries.reduce((sum, { MessageBody = "" }) => sum + Buffer.byteLength(MessageBody), 0);
    if (entries.length > 1) expect(bytes).toBeLessThanOrEqual(256 * 1024);
  }
});

test("while SQS is away, a backlog of many rounds is tried for one round only", async () => {
  for (let i = 0; i < 250; i += 1) await emit();
  sqs.on(SendMessageBatchCommand).rejects(throttled);
  await expect(bus.relay()).rejects.toMatchObject({ code: "store.unavailable" });
  expect(sqs.commandCalls(SendMessageBatchCommand)).toHaveLength(10);
  expect(await left()).toHaveLength(250);
});

test("a redrive deletes only what its queue took, and shows the rest again", async () => {
  const messages = ["a", "b"].map((ReceiptHandle) => ({ MessageId: ReceiptHandle, ReceiptHandle, Body: "{}" }));
  sqs.on(ReceiveMessageCommand).resolvesOnce({ Messages: messages }).resolves({});
  sqs.on(SendMessageBatchCommand).resolves({ Failed: [{ Id: "0", Code: "InternalError", SenderFault: false }], Successful: [] });
  expect(await deadLetters.redrive("email", 10)).toBe(1);
  const deleted = sqs.commandCalls(DeleteMessageBatchCommand).map((call) => call.args[0].input);
  expect(deleted).toEqual([{ QueueUrl: queueUrls.email.deadUrl, Entries: [{ Id: "0", ReceiptHandle: "b" }] }]);
  const shown = sqs.commandCalls(ChangeMessageVisibilityBatchCommand).map((call) => call.args[0].input);
  expect(shown).toEqual([{ QueueUrl: queueUrls.email.deadUrl, Entries: [{ Id: "0", ReceiptHandle: "a", VisibilityTimeout: 0 }] }]);
});

test("a redrive that moves nothing because SQS is away says so", async () => {
  sqs.on(ReceiveMessageCommand).resolves({ Messages: [{ MessageId: "a", ReceiptHandle: "a", Body: "{}" }] });
  sqs.on(SendMessageBatchCommand).rejects(throttled);
  await expect(deadLetters.redrive("email", 10)).rejects.toMatchObject({ code: "store.unavailable" });
  expect(sqs.commandCalls(DeleteMessageBatchCommand)).toEqual([]);
});

test("the consumer waits for messages, and its failures come again later each time, the last at once", async () => {
  await consumer.fetch("matching", 4);
  expect(sqs.commandCalls(ReceiveMessageCommand)[0]?.args[0].input).toMatchObject({
    WaitTimeSeconds: 7,
    MaxNumberOfMessages: 4,
    QueueUrl: queueUrls.matching.url,
  });
  await consumer.fail("matching", ["1:a:b", "2:c", "4:d", "5:e"], "no luck");
  expect(sqs.commandCalls(ChangeMessageVisibilityBatchCommand)[0]?.args[0].input.Entries).toMatchObject([
    { ReceiptHandle: "a:b", VisibilityTimeout: 1 },
    { ReceiptHandle: "c", VisibilityTimeout: 2 },
    { ReceiptHandle: "d", VisibilityTimeout: 8 },
    { ReceiptHandle: "e", VisibilityTimeout: 0 },
  ]);
});

test("the consumer tells of messages that it could not delete, and passes throttling on as a store that is away", async () => {
  sqs.on(DeleteMessageBatchCommand).resolves({ Failed: [{ Id: "0", Code: "InternalError", SenderFault: false }], Successful: [] });
  await expect(consumer.complete("matching", ["1:a"])).rejects.toThrow("1 messages of matching are done but come again");
  sqs.reset();
  sqs.onAnyCommand().rejects(throttled);
  const calls = [
    () => consumer.fetch("email", 1),
    () => consumer.complete("email", ["1:a"]),
    () => consumer.fail("email", ["1:a"], ""),
    () => deadLetters.depths(),
    () => deadLetters.deadLetters("email", 1),
    () => bus.ping(),
  ];
  for (const call of calls) {
    await expect(call()).rejects.toMatchObject({ code: "store.unavailable" });
  }
});
