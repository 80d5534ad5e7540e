import { type PortName, portNames } from "@pendo/contract/ports";
import { type QueueName, queues } from "@pendo/contract/queues";
import * as nouns from "@pendo/contract/routes/index";
import { schedules } from "@pendo/contract/schedules";
import { needsOfNoun, needsOfSocket } from "@pendo/functions/lambda/needs";
import { componentOf } from "@pendo/operations/components";
import type { Resource } from "../evaluated.ts";
import type { Graph } from "../graph.ts";
import { kinds } from "../kinds.ts";
import { textAt } from "../read.ts";
import { actionsCalledBy } from "./adapterCalls.ts";
import type { Wish } from "./simulate.ts";

/** A function of the contract: its logical name, what it needs, and the queue it consumes. */
export interface ContractFunction {
  readonly name: string;
  readonly needs: readonly PortName[];
  readonly consumes?: QueueName;
}

/** Every function that the contract asks for. */
export function contractFunctions(): ContractFunction[] {
  return [
    ...Object.entries(nouns).map(([noun, specs]) => ({ name: `${componentOf(noun)}Api`, needs: needsOfNoun(specs) })),
    ...Object.entries(queues).map(([queue, { needs }]) => ({ name: `${componentOf(queue)}Consumer`, needs, consumes: queue as QueueName })),
    ...Object.entries(schedules).map(([schedule, { needs }]) => ({ name: `${componentOf(schedule)}Job`, needs })),
    { name: "SocketFunction", needs: needsOfSocket() },
  ];
}

const consuming = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"];

/** The things of one place that roles may be allowed to touch, by port. */
export interface Reach {
  readonly liveQueues: ReadonlyMap<QueueName, string>;
  readonly deadQueues: readonly string[];
  resourcesFor(port: PortName, action: string): readonly string[];
}

/** What there is to reach in a place, looked up in the graph. `prefix` is that of the place. */
export function reachOf(graph: Graph, prefix: string): Reach {
  const arn = (resource: Resource): string => String(resource.outputs["arn"]);
  const queueArn = (name: string): string => arn(graph.one(kinds.queue, `${prefix}${name}Queue`));
  const liveQueues = new Map((Object.keys(queues) as QueueName[]).map((name) => [name, queueArn(`${componentOf(name)}Queue`)]));
  const deadQueues = (Object.keys(queues) as QueueName[]).map((name) => queueArn(`${componentOf(name)}DeadLetters`));
  const live = [...liveQueues.values()];
  const bucket = arn(graph.one(kinds.bucket, `${prefix}UploadsBucket`));
  const table = arn(graph.one(kinds.table, `${prefix}ConnectionsTableTable`));
  const socket = String(graph.one(kinds.api, `${prefix}SocketApiApi`).outputs["executionArn"]);
  const region = String(graph.region(graph.one(kinds.bucket, `${prefix}UploadsBucket`)));
  const applications = graph
    .all("aws:sns/platformApplication:PlatformApplication")
    .filter((application) => graph.region(application) === region)
    .map(arn);
  const of: Readonly<Partial<Record<PortName, (action: string) => readonly string[]>>> = {
    bus: () => live,
    deadLetters: (action) => {
      if (action === "sqs:GetQueueAttributes") return [...live, ...deadQueues];
      return action === "sqs:SendMessage" ? live : deadQueues;
    },
    storage: (action) => (action === "s3:ListBucket" ? [bucket] : [`${bucket}/media/0190-picture.webp`]),
    connections: (action) => (action === "dynamodb:Query" ? [`${table}/index/byUser`] : [table]),
    sockets: () => [`${socket}/$default/POST/@connections/abc`],
    mail: () => [senderOf(graph, prefix, region)],
    push: (action) => (action === "sns:CreatePlatformEndpoint" ? applications : applications.map(endpointOf)),
    vision: () => ["*"],
  };
  return { liveQueues, deadQueues, resourcesFor: (port, action) => of[port]?.(action) ?? [] };
}

// A preview has no domain of its own, and writes as staging.
function senderOf(graph: Graph, prefix: string, region: string): string {
  const own = graph.find("aws:sesv2/emailIdentity:EmailIdentity", `${prefix}Sender`);
  return `arn:aws:ses:${region}:${graph.account}:identity/${textAt(own?.inputs, "emailIdentity") ?? "staging.pendo.app"}`;
}

// An endpoint is made for each device: the application's ARN, with a part of its own behind it.
function endpointOf(application: string): string {
  return `${application.replace(":app/", ":endpoint/")}/0190`;
}

/** What a function is there to do: all of it must be allowed. */
export function wishesOf({ needs, consumes }: ContractFunction, reach: Reach): Wish[] {
  const ports = needs.flatMap((port) =>
    [...actionsCalledBy(port)].flatMap((action) => reach.resourcesFor(port, action).map((resource) => ({ action, resource }))),
  );
  const queue = consumes && reach.liveQueues.get(consumes);
  return queue === undefined ? ports : [...ports, ...consuming.map((action) => ({ action, resource: queue }))];
}

/** Everything that some function may do and this one is not there for: all of it must be denied. */
export function othersWishes(own: ContractFunction, reach: Reach): Wish[] {
  const everything = contractFunctions().flatMap((one) => wishesOf(one, reach));
  const every = [...everything, ...wishesOf({ name: "all", needs: portNames }, reach)];
  const allowed = new Set(wishesOf(own, reach).map(keyOf));
  return [...new Map(every.filter((wish) => !allowed.has(keyOf(wish))).map((wish) => [keyOf(wish), wish])).values()];
}

function keyOf({ action, resource }: Wish): string {
  return `${action} ${resource}`;
}

/** What no function of Pendo may do, whatever it needs. */
export function forbidden(graph: { readonly account: string }, reach: Reach): Wish[] {
  const [queue = ""] = reach.liveQueues.values();
  const [table = ""] = reach.resourcesFor("connections", "dynamodb:GetItem");
  const [bucket = ""] = reach.resourcesFor("storage", "s3:ListBucket");
  const role = `arn:aws:iam::${graph.account}:role/admin`;
  return [
    { action: "iam:CreateUser", resource: `arn:aws:iam::${graph.account}:user/x` },
    { action: "iam:PassRole", resource: role },
    { action: "sts:AssumeRole", resource: role },
    { action: "kms:ScheduleKeyDeletion", resource: `arn:aws:kms:eu-west-1:${graph.account}:key/x` },
    { action: "lambda:UpdateFunctionCode", resource: `arn:aws:lambda:eu-west-1:${graph.account}:function:x` },
    { action: "rds:DeleteDBCluster", resource: `arn:aws:rds:eu-west-1:${graph.account}:cluster:x` },
    { action: "secretsmanager:GetSecretValue", resource: `arn:aws:secretsmanager:eu-west-1:${graph.account}:secret:other` },
    { action: "ssm:GetParameter", resource: `arn:aws:ssm:eu-west-1:${graph.account}:parameter/pendo/other` },
    { action: "sqs:DeleteQueue", resource: queue },
    { action: "sqs:PurgeQueue", resource: queue },
    { action: "sqs:SetQueueAttributes", resource: queue },
    { action: "dynamodb:DeleteTable", resource: table },
    { action: "dynamodb:Scan", resource: table },
    { action: "s3:DeleteBucket", resource: bucket },
    { action: "s3:PutBucketPolicy", resource: bucket },
    { action: "s3:GetObject", resource: "arn:aws:s3:::somebody-elses-bucket/x" },
    { action: "ses:DeleteEmailIdentity", resource: `arn:aws:ses:eu-west-1:${graph.account}:identity/pendo.app` },
  ];
}
