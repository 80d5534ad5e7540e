import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import http from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import { movableClock } from "../clock/clock.ts";
import { connectionsBehaviour } from "./connections.behaviour.ts";
import { dynamodbConnections } from "./dynamodb.ts";
import { memoryConnections } from "@pendo/local/connections/memory";
import { connectionsTable } from "./table.ts";

// It has no types of its own.
const dynalite = createRequire(import.meta.url)("dynalite") as (options: { createTableMs: number }) => http.Server;

async function listen(server: http.Server): Promise<DynamoDBClient> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new DynamoDBClient({ endpoint, region: "eu-central-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } });
}

connectionsBehaviour("memory", async () => {
  const clock = movableClock();
  return { connections: memoryConnections({ clock }), clock, stop: async () => undefined };
});

// Pages of three, so that a user with 25 connections fills several; the second run leaves the size of a page to the store.
for (const pageSize of [3, undefined]) {
  connectionsBehaviour(`DynamoDB (dynalite), ${pageSize ?? "unlimited"} to a page`, async () => {
    const server = dynalite({ createTableMs: 0 });
    const client = await listen(server);
    await createTable(client, "connections");
    const clock = movableClock();
    const options = { client, tableName: "connections", clock, timeoutMs: 10_000 };
    return {
      connections: dynamodbConnections(pageSize === undefined ? options : { ...options, pageSize }),
      clock,
      stop: async () => {
        client.destroy();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  });
}

test("a DynamoDB that is silent is given up at the time limit, as store.unavailable", async () => {
  const server = http.createServer(() => undefined);
  const client = await listen(server);
  const connections = dynamodbConnections({ client, tableName: "connections", clock: movableClock(), timeoutMs: 200 });
  // Without the limit they would never end.
  await expect(connections.get("c1")).rejects.toBeInstanceOf(Fault);
  await expect(connections.ping()).rejects.toMatchObject({ code: "store.unavailable" });
  client.destroy();
  server.closeAllConnections();
  server.close();
});

async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const { fields, primaryIndex, globalIndexes } = connectionsTable;
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: Object.keys(fields).map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [{ AttributeName: primaryIndex.hashKey, KeyType: "HASH" }],
      GlobalSecondaryIndexes: Object.entries(globalIndexes).map(([IndexName, { hashKey }]) => ({
        IndexName,
        KeySchema: [{ AttributeName: hashKey, KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
      })),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: tableName });
}
