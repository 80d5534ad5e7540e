import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ThrottlingException,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import { movableClock } from "../clock/clock.ts";
import { dynamodbConnections } from "./dynamodb.ts";
import type { Connection } from "./connections.ts";
import type { SessionId, UserId } from "@pendo/contract/ids";

const userId = "0198c0de-0000-7000-8000-000000000001" as UserId;
const sessionId = "0198c0de-0000-7000-8000-000000000002" as SessionId;
const connection: Connection = { connectionId: "c1", userId, sessionId, connectedAt: new Date("2026-01-01T12:00:00.500Z") };

const client = new DynamoDBClient({ region: "eu-central-1" });
const dynamodb = mockClient(client);
const clock = movableClock(new Date("2026-01-01T12:00:00Z"));
const connections = dynamodbConnections({ client, tableName: "connections", clock });
beforeEach(() => dynamodb.reset());

const calls = [
  () => connections.add(connection),
  () => connections.get("c1"),
  () => connections.remove("c1"),
  () => connections.ofUser(userId),
  () => connections.ping(),
];

function item(connectionId: string): Record<string, AttributeValue> {
  return {
    connectionId: { S: connectionId },
    userId: { S: userId },
    sessionId: { S: sessionId },
    connectedAt: { S: "2026-01-01T12:00:00.500Z" },
    expiresAt: { N: String(Date.UTC(2026, 0, 1, 14, 0, 1) / 1000) },
  };
}

test("throttling that outlasts the SDK's retries is store.unavailable, whatever was asked", async () => {
  const throttled = new ThrottlingException({ message: "Rate exceeded", $metadata: {} });
  dynamodb.onAnyCommand().rejects(throttled);
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "store.unavailable", cause: throttled });
});

test("a request that timed out, or found no network, is store.unavailable", async () => {
  for (const name of ["TimeoutError", "AbortError", "ECONNREFUSED"]) {
    dynamodb.onAnyCommand().rejects(Object.assign(new Error("no answer"), { name }));
    for (const call of calls) await expect(call()).rejects.toBeInstanceOf(Fault);
  }
});

test("a missing permission or table is a bug, not a store that is away", async () => {
  dynamodb.onAnyCommand().rejects(Object.assign(new Error("not authorized"), { name: "AccessDeniedException" }));
  for (const call of calls) await expect(call()).rejects.not.toBeInstanceOf(Fault);
});

test("every request carries a limit of time", async () => {
  dynamodb.onAnyCommand().resolves({});
  for (const call of calls) await call();
  expect(dynamodb.calls()).toHaveLength(calls.length);
  for (const { args } of dynamodb.calls() as unknown as { args: unknown[] }[]) {
    expect(args[1]).toEqual({ abortSignal: expect.any(AbortSignal) });
  }
});

test("ofUser reads on while there are pages, also after an empty one", async () => {
  dynamodb
    .on(QueryCommand)
    .resolvesOnce({ Items: [item("c1"), item("c2")], LastEvaluatedKey: { connectionId: { S: "c2" } } })
    .resolvesOnce({ Items: [], LastEvaluatedKey: { connectionId: { S: "c3" } } })
    .resolvesOnce({ Items: [item("c4")] });
  expect((await connections.ofUser(userId)).map(({ connectionId }) => connectionId)).toEqual(["c1", "c2", "c4"]);
  const starts = dynamodb.commandCalls(QueryCommand).map((call) => call.args[0].input.ExclusiveStartKey);
  expect(starts).toEqual([undefined, { connectionId: { S: "c2" } }, { connectionId: { S: "c3" } }]);
});

test("ofUser that fails on a later page fails as a whole: half a list would leave sockets open", async () => {
  dynamodb
    .on(QueryCommand)
    .resolvesOnce({ Items: [item("c1")], LastEvaluatedKey: { connectionId: { S: "c1" } } })
    .rejects(new ThrottlingException({ message: "Rate exceeded", $metadata: {} }));
  await expect(connections.ofUser(userId)).rejects.toBeInstanceOf(Fault);
});

test("an item that is over but not yet deleted is filtered out", async () => {
  dynamodb.on(GetItemCommand).resolves({ Item: { ...item("c1"), expiresAt: { N: String(Date.UTC(2026, 0, 1, 11) / 1000) } } });
  expect(await connections.get("c1")).toBeNull();
  dynamodb.on(GetItemCommand).resolves({ Item: item("c1") });
  expect(await connections.get("c1")).toEqual(connection);
});

test("add writes what lets the store delete it two hours later, on a condition", async () => {
  dynamodb.on(PutItemCommand).resolves({});
  await connections.add(connection);
  const put = dynamodb.commandCalls(PutItemCommand)[0]?.args[0].input;
  expect(put?.Item).toEqual(item("c1"));
  expect(put?.ConditionExpression).toMatch(/^attribute_not_exists\(connectionId\)/);
  dynamodb.on(PutItemCommand).rejects(new ConditionalCheckFailedException({ message: "failed", $metadata: {} }));
  await expect(connections.add(connection)).rejects.toThrow(/another session's/);
});

test("remove of what is not there is fine", async () => {
  dynamodb.on(DeleteItemCommand).resolves({});
  await expect(connections.remove("c9")).resolves.toBeUndefined();
});
