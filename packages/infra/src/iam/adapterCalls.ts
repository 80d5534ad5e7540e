import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PortName } from "@pendo/contract/ports";

const ports = new URL("../../../core/src/ports/", import.meta.url);

/** The module with which a port reaches AWS. The others speak to servers of their own. */
const adapterOf: Readonly<Partial<Record<PortName, string>>> = {
  bus: "bus/sqs.ts",
  deadLetters: "bus/sqsDeadLetters.ts",
  storage: "storage/s3.ts",
  connections: "connections/dynamodb.ts",
  sockets: "sockets/apiGateway.ts",
  mail: "mail/ses.ts",
  push: "push/aws.ts",
  vision: "vision/rekognition.ts",
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

/**
 * What a port's adapter calls, read off its source and that of the modules it imports: nothing that the stacks say is taken for granted. Throws for a
 * call that has no name here.
 */
export function actionsCalledBy(port: PortName): ReadonlySet<string> {
  const adapter = adapterOf[port];
  const sources = adapter === undefined ? [] : [...modulesFrom(new URL(adapter, ports), new Map()).values()];
  const called = [...sources.join("\n").matchAll(/new (\w+)Command\(/g)].map(([, name = ""]) => {
    const action = actionOf[name];
    if (action === undefined)
      throw new Error(`The port "${port}" calls ${name}, whose IAM action packages/infra/src/iam/adapterCalls.ts does not know.`);
    return action;
  });
  return new Set(called);
}

function modulesFrom(module: URL, found: Map<string, string>): Map<string, string> {
  if (found.has(module.href)) return found;
  const source = readFileSync(fileURLToPath(module), "utf8");
  found.set(module.href, source);
  const imports = [...source.matchAll(/(?:from|import\() ?"(\.{1,2}\/[^"]+\.ts)"/g)].filter(([statement]) => !statement.includes("type "));
  for (const [, path = ""] of imports) modulesFrom(new URL(path, module), found);
  return found;
}
