import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { SessionId, UserId } from "@pendo/contract/ids";
import { SOCKET_LIFE_SEC } from "@pendo/contract/sockets";
import { Fault } from "../../fault.ts";
import { boundedCalls } from "../awsFailure.ts";
import type { Clock } from "../clock/clock.ts";
import type { Connection, Connections } from "./connections.ts";

export interface DynamodbConnectionsOptions {
  readonly client: DynamoDBClient;
  /** A table of the shape `connectionsTable`. */
  readonly tableName: string;
  readonly clock: Clock;
  /** The longest one request may take, the SDK's own retries included. */
  readonly timeoutMs?: number;
  /** How many items a page of `ofUser` holds; DynamoDB's own limit (1 MB) where it is absent. */
  readonly pageSize?: number;
}

/** A client of DynamoDB in the region of the process, whose calls end in time. */
export const dynamodbClient = (): DynamoDBClient => new DynamoDBClient({ ...boundedCalls });

// Added again by its own session (a retry whose first attempt arrived) is no change; anybody else's is a mistake of ours.
const ADD_CONDITION = "attribute_not_exists(connectionId) OR expiresAt <= :nowSec OR (userId = :userId AND sessionId = :sessionId)";

/**
 * Connections in DynamoDB. `get` reads its own writes; `ofUser` reads an index that may lag some milliseconds behind.
 * Throttling is retried by the SDK; what fails after that, or takes too long, is `store.unavailable`.
 */
export function dynamodbConnections(options: DynamodbConnectionsOptions): Connections {
  const { client, tableName, clock, timeoutMs = 2000, pageSize } = options;
  const nowSec = (): AttributeValue => ({ N: String(Math.floor(clock.now().getTime() / 1000)) });
  const limits = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
  const read = async (connectionId: string): Promise<Connection | null> => {
    const key = { connectionId: { S: connectionId } };
    const { Item } = await asked(client.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }), limits()));
    return Item && Number(Item["expiresAt"]?.N) > Number(nowSec().N) ? connectionOf(Item) : null;
  };

  return {
    add: async (connection) => {
      const values = { ":nowSec": nowSec(), ":userId": { S: connection.userId }, ":sessionId": { S: connection.sessionId } };
      const put = {
        TableName: tableName,
        Item: itemOf(connection),
        ConditionExpression: ADD_CONDITION,
        ExpressionAttributeValues: values,
      };
      await asked(client.send(new PutItemCommand(put), limits()));
    },
    get: read,
    remove: async (connectionId) => {
      await asked(client.send(new DeleteItemCommand({ TableName: tableName, Key: { connectionId: { S: connectionId } } }), limits()));
    },
    ofUser: async (userId) => {
      const connections: Connection[] = [];
      let from: Record<string, AttributeValue> | undefined;
      do {
        const query = new QueryCommand({
          TableName: tableName,
          IndexName: "byUser",
          KeyConditionExpression: "userId = :userId",
          FilterExpression: "expiresAt > :nowSec",
          ExpressionAttributeValues: { ":userId": { S: userId }, ":nowSec": nowSec() },
          ...(pageSize === undefined ? {} : { Limit: pageSize }),
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        });
        const page = await asked(client.send(query, limits()));
        connections.push(...(page.Items ?? []).map(connectionOf));
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return connections;
    },
    // A read of nothing, because describing the table would need a permission of its own.
    ping: async () => void (await read("ping")),
  };
}

function itemOf({ connectionId, userId, sessionId, connectedAt }: Connection): Record<string, AttributeValue> {
  return {
    connectionId: { S: connectionId },
    userId: { S: userId },
    sessionId: { S: sessionId },
    connectedAt: { S: connectedAt.toISOString() },
    expiresAt: { N: String(Math.ceil(connectedAt.getTime() / 1000) + SOCKET_LIFE_SEC) },
  };
}

function connectionOf(item: Record<string, AttributeValue>): Connection {
  return {
    connectionId: item["connectionId"]?.S ?? "",
    userId: UserId.parse(item["userId"]?.S),
    sessionId: SessionId.parse(item["sessionId"]?.S),
    connectedAt: new Date(item["connectedAt"]?.S ?? Number.NaN),
  };
}

// What DynamoDB calls our own mistake: no retry mends it, so it must not look like a store that is away.
const MISTAKES = new Set(["ValidationException", "ResourceNotFoundException", "AccessDeniedException", "UnrecognizedClientException"]);

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof ConditionalCheckFailedException) {
      throw new Error("A connection that is open can't become another session's.", { cause: thrown });
    }
    if (thrown instanceof Error && MISTAKES.has(thrown.name)) throw thrown;
    throw new Fault("store.unavailable", { cause: thrown });
  }
}
