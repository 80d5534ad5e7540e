import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PortName } from "@pendo/contract/ports";

const ports = new URL("../../../core/src/ports/", import.meta.url);

/** The modules with which a port's adapter reaches AWS. The others speak to servers of their own. */
const modulesOf: Readonly<Record<PortName, readonly string[]>> = {
  db: [],
  cache: [],
  search: [],
  secrets: [],
  bus: ["bus/sqs.ts", "bus/sqsSend.ts"],
  deadLetters: ["bus/sqsDeadLetters.ts", "bus/sqsSend.ts"],
  storage: ["storage/s3.ts", "storage/s3Bucket.ts"],
  connections: ["connections/dynamodb.ts"],
  sockets: ["sockets/apiGateway.ts"],
  mail: ["mail/ses.ts"],
  push: ["push/sns.ts"],
  vision: ["vision/rekognition.ts"],
};

// What IAM calls the calls of the SDK (https://docs.aws.amazon.com/service-authorization/latest/reference/).
const actionOf: Readonly<Record<string, string>> = {
  SendMessageBatch: "sqs:SendMessage",
  ReceiveMessage: "sqs:ReceiveMessage",
  DeleteMessageBatch: "sqs:DeleteMessage",
  ChangeMessageVisibilityBatch: "sqs:ChangeMessageVisibility",
  GetQueueAttributes: "sqs:GetQueueAttributes",
  GetObject: "s3:GetObject",
  HeadObject: "s3:GetObject",
  PutObject: "s3:PutObject",
  DeleteObjects: "s3:DeleteObject",
  HeadBucket: "s3:ListBucket",
  GetItem: "dynamodb:GetItem",
  PutItem: "dynamodb:PutItem",
  DeleteItem: "dynamodb:DeleteItem",
  Query: "dynamodb:Query",
  DescribeTable: "dynamodb:DescribeTable",
  PostToConnection: "execute-api:ManageConnections",
  DeleteConnection: "execute-api:ManageConnections",
  SendEmail: "ses:SendEmail",
  CreatePlatformEndpoint: "sns:CreatePlatformEndpoint",
  DeleteEndpoint: "sns:DeleteEndpoint",
  Publish: "sns:Publish",
  DetectModerationLabels: "rekognition:DetectModerationLabels",
};

/** What a port's adapter calls, read off its source: nothing that the stacks say is taken for granted. Throws for a call that has no name here. */
export function actionsCalledBy(port: PortName): ReadonlySet<string> {
  const source = modulesOf[port].map((module) => readFileSync(fileURLToPath(new URL(module, ports)), "utf8")).join("\n");
  const called = [...source.matchAll(/new (\w+)Command\(/g)].map(([, name = ""]) => {
    const action = actionOf[name];
    if (action === undefined)
      throw new Error(`The port "${port}" calls ${name}, whose IAM action packages/infra/src/iam/adapterCalls.ts does not know.`);
    return action;
  });
  // A picture's signed form and address are used by whoever holds them, on behalf of the function that signed them.
  return new Set(called);
}
